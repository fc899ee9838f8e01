import { problem } from '@outerpark/chassis/errors';
import type { RequestStory, ReservationStory } from '@outerpark/contracts/http/story';
import { itemOf } from '../domain/item';
import { readReservationsById, viewAsOf } from '../persistence/pages';
import type { SqliteStore } from '../persistence/sqlite-store';
import { readRequestStory, readStory } from '../persistence/stories';

type Reader = Pick<SqliteStore, 'read'>;

const MOST_EVENTS = 1_000;

/** An operator reads all that every service told of a reservation. Throws `not-found` when nobody told anything. */
export async function tellOfReservation(store: Reader, id: string): Promise<ReservationStory> {
  const asOf = await viewAsOf(store);
  const events = await readStory(store, id);
  if (events.length === 0) throw problem('not-found');
  const [known] = await readReservationsById(store, [id]);
  return {
    reservation: known ? itemOf(known) : null,
    customerId: known?.customerId ?? null,
    events,
    asOf: asOf?.toISOString() ?? null,
  };
}

/** An operator reads what followed from one request, whatever reservations it was about. */
export async function tellOfRequest(store: Reader, correlationId: string): Promise<RequestStory> {
  const asOf = await viewAsOf(store);
  const events = await readRequestStory(store, correlationId, MOST_EVENTS + 1);
  return {
    events: events.slice(0, MOST_EVENTS),
    more: events.length > MOST_EVENTS,
    asOf: asOf?.toISOString() ?? null,
  };
}
