import type { Store } from '@outerpark/chassis/postgres/store';
import { deleteOld, type Retention } from '@outerpark/chassis/retention';
import type { Gate, Queue } from '../domain/waiting-room';

type Reader = Pick<Store, 'query'>;

/** The positions of these customers, also those of earlier queues. */
export async function positionsOf(
  store: Reader,
  performanceId: string,
  customerIds: string[],
): Promise<Map<string, number>> {
  const rows = await store.query<{ id: string; position: number }>(
    `SELECT customer_id AS id, position FROM waiting_pass WHERE performance_id = $1 AND customer_id = ANY($2)`,
    [performanceId, customerIds],
  );
  return new Map(rows.map(({ id, position }) => [id, position]));
}

/** The room of a performance and the positions of these customers, at one moment; undefined when it has never had a room. */
export async function readQueue(
  store: Reader,
  performanceId: string,
  customerIds: string[],
): Promise<Queue | undefined> {
  const [found] = await store.query<Gate & { passes: Record<string, number> | null }>(
    `SELECT mode, open, start, admitted, joined, rate, (
       SELECT json_object_agg(p.customer_id, p.position) FROM waiting_pass p
       WHERE p.performance_id = r.performance_id AND p.customer_id = ANY($2)) AS passes
     FROM waiting_room r WHERE performance_id = $1`,
    [performanceId, customerIds],
  );
  if (!found) return undefined;
  const { passes, ...room } = found;
  return { room, positions: new Map(Object.entries(passes ?? {})) };
}

/**
 * Gives the next positions to these customers, each named once, in their order; nobody gets one while the room is closed. Who got one
 * elsewhere in between keeps that, and the one that was meant here stays empty. The room's row comes first, so that all who join
 * one performance pass it one after another, over all replicas.
 */
export async function givePositions(
  store: Reader,
  performanceId: string,
  customerIds: string[],
  now: Date,
): Promise<void> {
  await store.query(
    `WITH room AS (
       UPDATE waiting_room SET joined = joined + cardinality($2::text[]) WHERE performance_id = $1 AND open
       RETURNING start, joined - cardinality($2::text[]) AS before
     )
     INSERT INTO waiting_pass AS pass (performance_id, customer_id, position, joined_at)
     SELECT $1, customer, room.before + place, $3
     FROM room, unnest($2::text[]) WITH ORDINALITY AS w (customer, place)
     ON CONFLICT (performance_id, customer_id) DO UPDATE
     SET position = excluded.position, joined_at = excluded.joined_at WHERE pass.position <= (SELECT start FROM room)`,
    [performanceId, customerIds, now],
  );
}

/** Who comes back to a room that has been open for longer joins it anew. */
export const passRetention = ({ keepPassesDays }: { keepPassesDays: number }): Retention => ({
  what: 'waiting_pass',
  days: keepPassesDays,
  sql: deleteOld('waiting_pass', 'joined_at'),
});
