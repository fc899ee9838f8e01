/** Which sales are looked at: it lives in the page's address. */
export interface SalesView {
  musicalId: string | null;
  performanceId: string | null;
  period: Period;
  by: 'hour' | 'day';
  measure: Measure;
}

export const PERIODS = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 } as const;
export type Period = keyof typeof PERIODS;

export const MEASURES = ['amount', 'seats', 'reservations'] as const;
export type Measure = (typeof MEASURES)[number];

/** More hours than these are too thin to be seen. */
const MOST_DAYS_BY_HOUR = 7;

const one = <T extends string>(value: string | null, known: readonly T[], otherwise: T): T =>
  known.find((name) => name === value) ?? otherwise;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const id = (value: string | null): string | null => (value !== null && UUID.test(value) ? value : null);

/** What the address says, as far as it makes sense. */
export const salesViewOf = (address: URLSearchParams): SalesView => {
  const period = one(address.get('period'), Object.keys(PERIODS) as Period[], '7d');
  const byHour = PERIODS[period] === 1 || (PERIODS[period] <= MOST_DAYS_BY_HOUR && address.get('by') === 'hour');
  const musicalId = id(address.get('musical'));
  return {
    ...{ musicalId, performanceId: musicalId === null ? null : id(address.get('performance')) },
    ...{ period, by: byHour ? 'hour' : 'day', measure: one(address.get('measure'), MEASURES, 'amount') },
  };
};

/** The address of a view: what is as it would be anyhow is left out. */
export const addressOfSales = ({ musicalId, performanceId, period, by, measure }: SalesView): URLSearchParams => {
  const address = new URLSearchParams();
  if (musicalId !== null) address.set('musical', musicalId);
  if (musicalId !== null && performanceId !== null) address.set('performance', performanceId);
  if (period !== '7d') address.set('period', period);
  if (by === 'hour' && period !== '24h') address.set('by', by);
  if (measure !== 'amount') address.set('measure', measure);
  return address;
};

/** Whether this period can be looked at by the hour and by the day. */
export const hasChoice = (period: Period): boolean => PERIODS[period] > 1 && PERIODS[period] <= MOST_DAYS_BY_HOUR;
