export interface Bars {
  /** Of the file, without its ending. */
  file: string;
  title: string;
  unit: string;
  bars: { name: string; value: number }[];
  /** What is aimed at, as a line. */
  target?: number;
}

const WIDTH = 640;
const LEFT = 190;
const ROW = 30;
const TOP = 44;

/** Horizontal bars as SVG: light enough for git, and readable in a light and a dark page. */
export function barChart({ title, unit, bars, target }: Bars): string {
  const most = Math.max(...bars.map(({ value }) => value), target ?? 0) || 1;
  const height = TOP + bars.length * ROW + 16;
  const x = (value: number): string => (((WIDTH - LEFT - 90) * value) / most).toFixed(1);
  const number = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
  const rows = bars.map(({ name, value }, index) => {
    const y = TOP + index * ROW;
    return [
      `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${x(value)}" height="20" rx="3" fill="#7a5cc8"/>`,
      `<text x="${LEFT + Number(x(value)) + 6}" y="${y + 15}">${number(value)} ${escaped(unit)}</text>`,
    ].join('');
  });
  const at = LEFT + Number(x(target ?? 0));
  const line =
    target === undefined
      ? []
      : [
          `<line x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${height - 10}" stroke="#d33" stroke-dasharray="4 3"/>`,
          `<text x="${at}" y="${TOP - 12}" text-anchor="middle" fill="#d33">aim: ${number(target)}</text>`,
        ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13" fill="#888">`,
    `<text x="8" y="18" font-weight="bold">${escaped(title)}</text>`,
    ...rows,
    ...line,
    '</svg>',
    '',
  ].join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
