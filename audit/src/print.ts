import type { Finding, Report } from './audit';

const SHOWN = 20;

/** The report for people: one line for each invariant, then what is wrong. */
export function printed({ findings, ok, readings, tookMs, checkpoints }: Report): string {
  const readingsSaid = readings === 1 ? 'One reading' : `${readings} readings`;
  const all = findings.every(({ notLookedAt }) => notLookedAt === undefined);
  const verdict = ok
    ? `All invariants hold${all ? '' : ' that were looked at'}.`
    : `Broken: ${broken(findings).join(', ')}.`;
  const written = checkpoints.map(({ service, seq }) => `${service} ${seq.toLocaleString('en')}`);
  return [
    ...findings.flatMap(lines),
    '',
    ...(written.length > 0 ? [`Outboxes need not be kept up to ${written.join(', ')}.`] : []),
    `${verdict} ${readingsSaid}, ${(tookMs / 1000).toFixed(1)} s.`,
  ].join('\n');
}

const broken = (findings: Finding[]): string[] => findings.filter(({ ok }) => !ok).map(({ invariant }) => invariant);

function lines({ invariant, title, ok, notLookedAt, checked, breaches, pending }: Finding): string[] {
  if (notLookedAt) return [`- ${invariant}  ${title}: not looked at, ${notLookedAt}`];
  const figures = Object.entries(checked).map(([name, value]) => `${value.toLocaleString('en')} ${name}`);
  return [
    `${ok ? '✓' : '✗'} ${invariant}  ${title}: ${figures.join(', ')}`,
    ...shortened(breaches).map((breach) => `      ✗ ${breach}`),
    ...shortened(pending).map((waits) => `      … ${waits}`),
  ];
}

const shortened = (sentences: string[]): string[] =>
  sentences.length <= SHOWN
    ? sentences
    : [...sentences.slice(0, SHOWN), `and ${(sentences.length - SHOWN).toLocaleString('en')} more`];
