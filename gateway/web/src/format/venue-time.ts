export type LocalTime = { moment: string } | { fault: 'incomplete' | 'no-such-time' };

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/;
const DAY_MS = 86_400_000;

/**
 * The moment (UTC, ISO 8601) at which clocks in `zone` show what was written, as `2027-05-01T19:30`. A time that the clocks leave
 * out, or a day that the calendar does not have, is `no-such-time`; of a time that comes twice, the first one counts.
 */
export function momentAt(written: string, zone: string): LocalTime {
  const parts = WRITTEN.exec(written.trim());
  if (!parts) return { fault: 'incomplete' };
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const asUtc = Date.UTC(year!, month! - 1, day, hour, minute, second || 0);
  const wanted = new Date(asUtc).toISOString().slice(0, 19);
  if (wanted.slice(0, 16) !== written.trim().slice(0, 16)) return { fault: 'no-such-time' };
  // The offset of the day before and of the day after: whatever the clocks do in between, it is one of the two.
  const moments = [-DAY_MS, DAY_MS]
    .map((away) => asUtc - offsetAt(asUtc + away, zone))
    .filter((moment) => clockAt(new Date(moment), zone) === wanted);
  if (moments.length === 0) return { fault: 'no-such-time' };
  return { moment: new Date(Math.min(...moments)).toISOString() };
}

/** What clocks in `zone` show at this moment, as `2027-05-01T19:30`. */
export const timeAt = (moment: string, zone: string): string => clockAt(new Date(moment), zone).slice(0, 16);

/** How far the clocks of `zone` are ahead of UTC, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const whole = Math.floor(time / 1000) * 1000;
  return Date.parse(`${clockAt(new Date(whole), zone)}Z`) - whole;
}

function clockAt(moment: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(moment);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}
