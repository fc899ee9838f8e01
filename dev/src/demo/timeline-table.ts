import type { TimelineEntry } from '@outerpark/contracts/http/mypage';
import { won } from './won';

/** The story of a reservation as lines of a small table. */
export function timelineTable(timeline: TimelineEntry[]): string[] {
  const rows = timeline.map(({ at, type, detail }) => [at.slice(11, 23), type, described(detail)] as const);
  const width = Math.max(...rows.map(([, type]) => type.length));
  return [['UTC', 'what happened', ''] as const, ...rows].map(([time, type, detail]) =>
    `   ${time.padEnd(12)}  ${type.padEnd(width)}  ${detail}`.trimEnd(),
  );
}

const AMOUNTS = ['price', 'amount', 'refunded'];

const described = (detail: TimelineEntry['detail']): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${AMOUNTS.includes(name) ? won(Number(value)) : String(value)}`)
    .join(', ');
