const WIDEST = 100;

/** Rows in columns as wide as they need; the keys of the first are the heads. */
export function table(rows: Record<string, unknown>[]): string {
  if (rows.length === 0) return '(nothing)';
  const heads = Object.keys(rows[0]!);
  const lines = [heads.map((head) => head.toUpperCase()), ...rows.map((row) => heads.map((head) => cell(row[head])))];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cell(value: unknown): string {
  if (value === undefined) return '';
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'string'
      ? value
      : (JSON.stringify(value) ?? '');
  const shown = value === null ? '' : text;
  return shown.length > WIDEST ? `${shown.slice(0, WIDEST - 1)}…` : shown;
}

interface Gathered {
  items: Record<string, unknown>[];
  unreachable: string[];
}

const NOT_ASKED = 2;

/** Prints what was gathered, and to stderr whom it lacks. Gives the exit code. */
export function show<Answer extends Gathered>(answer: Answer, json: boolean, columns: string[]): number {
  const rows = answer.items.map((item) => Object.fromEntries(columns.map((column) => [column, item[column]])));
  console.log(json ? JSON.stringify(answer, null, 2) : table(rows));
  const { next } = answer as { next?: string | null };
  if (next && !json) console.error(`There is more: --cursor ${next}`);
  if (answer.unreachable.length === 0) return 0;
  console.error(`Could not be asked: ${answer.unreachable.join(', ')}`);
  return NOT_ASKED;
}
