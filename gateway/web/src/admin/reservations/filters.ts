import type { ReservationStatus } from '@outerpark/contracts/http/reservations';

/** What narrows the list of reservations: it lives in the page's address. */
export interface Filters {
  /** The beginning of an id, a customer's id, or a part of the musical's name. */
  q: string;
  status: ReservationStatus | '';
  customerId: string;
  musicalId: string;
  performanceId: string;
}

export const STATUSES = [
  'awaiting_payment',
  'confirmed',
  'cancelled',
  'expired',
] as const satisfies ReservationStatus[];

export const NO_FILTERS: Filters = { q: '', status: '', customerId: '', musicalId: '', performanceId: '' };

/** The longest text that the API takes. */
export const MOST_CHARACTERS = 255;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the address says, as far as the API would take it. A performance counts within its musical only. */
export const filtersOf = (address: URLSearchParams): Filters => {
  const text = (name: string) => [...(address.get(name) ?? '').trim()].slice(0, MOST_CHARACTERS).join('');
  const id = (name: string) => (UUID.test(address.get(name) ?? '') ? address.get(name)! : '');
  const status = STATUSES.find((one) => one === address.get('status')) ?? '';
  const musicalId = id('musical');
  const performanceId = musicalId === '' ? '' : id('performance');
  return { q: text('q'), status, customerId: text('customer'), musicalId, performanceId };
};

/** The address of filters, without those that are not set. */
export const addressOfFilters = ({ q, status, customerId, musicalId, performanceId }: Filters): URLSearchParams =>
  new URLSearchParams(
    Object.entries({ q: q.trim(), status, customer: customerId.trim(), musical: musicalId, performance: performanceId })
      .filter(([name, value]) => value !== '' && (name !== 'performance' || musicalId !== ''))
      .map(([name, value]) => [name, value]),
  );

/** The filters as the API takes them. */
export const queryOfFilters = ({ q, status, customerId, musicalId, performanceId }: Filters): URLSearchParams =>
  new URLSearchParams(
    Object.entries({ q, status, customerId, musicalId, performanceId }).filter(([, value]) => value !== ''),
  );

export const isFiltered = (filters: Filters): boolean => Object.values(filters).some((value) => value !== '');
