import type { RequestStory, StoryEvent } from '@outerpark/contracts/http/story';
import type { SqliteStore } from './sqlite-store';

type RequestEvent = RequestStory['events'][number];
type Row = Omit<RequestEvent, 'detail'> & { detail: string };

/** All that happened to a reservation, in order of time. */
export async function readStory(store: Pick<SqliteStore, 'read'>, reservationId: string): Promise<StoryEvent[]> {
  const rows = await store.read<Row>(`${EVENTS} WHERE reservation_id = $1 ORDER BY at, event_id`, [reservationId]);
  return rows.map(fromRow).map(({ reservationId: _, ...event }) => event);
}

/** The first events under a correlation id, at most `limit` of them. */
export async function readRequestStory(
  store: Pick<SqliteStore, 'read'>,
  correlationId: string,
  limit: number,
): Promise<RequestEvent[]> {
  const sql = `${EVENTS} WHERE correlation_id = $1 ORDER BY at, event_id LIMIT $2`;
  return (await store.read<Row>(sql, [correlationId, limit])).map(fromRow);
}

const EVENTS = `
  SELECT reservation_id AS "reservationId", event_id AS "eventId", at, type, service, version,
    correlation_id AS "correlationId", detail
  FROM timeline`;

const fromRow = ({ detail, ...event }: Row): RequestEvent => ({
  ...event,
  detail: JSON.parse(detail) as RequestEvent['detail'],
});
