import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { decodeCursor, encodeCursor, timeAndId } from '@outerpark/chassis/http/paging';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { NewMusical } from '../domain/musical';

/** Inserts a musical that nobody knows yet; false when this id was registered before. */
export async function insertMusical(tx: Tx, { id, name, performances }: NewMusical, now: Date): Promise<boolean> {
  const inserted = await tx.query(
    `INSERT INTO musical (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [id, name, now],
  );
  if (inserted.length === 0) return false;
  for (const [place, performance] of performances.entries()) {
    const { startsAt, venue, maxPerCustomer, grades } = performance;
    await tx.query(
      `INSERT INTO performance (id, musical_id, starts_at, venue, max_per_customer, place) VALUES ($1, $2, $3, $4, $5, $6)`,
      [performance.id, id, startsAt, venue, maxPerCustomer, place],
    );
    await tx.query(
      `INSERT INTO grade (id, performance_id, name, price, capacity, free, place)
       SELECT id, $2, name, price, seats, seats, place
       FROM unnest($1::uuid[], $3::text[], $4::bigint[], $5::int[]) WITH ORDINALITY AS g (id, name, price, seats, place)`,
      [
        grades.map((grade) => grade.id),
        performance.id,
        grades.map((grade) => grade.name),
        grades.map((grade) => grade.price),
        grades.map((grade) => grade.capacity),
      ],
    );
  }
  return true;
}

const MUSICAL = `
  SELECT m.id, m.name, m.created_at, (
    SELECT json_agg(json_build_object(
      'id', p.id, 'startsAt', to_char(p.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'venue', p.venue, 'maxPerCustomer', p.max_per_customer,
      'waitingRoom', EXISTS (SELECT FROM waiting_room r WHERE r.performance_id = p.id AND r.open), 'grades', (
        SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'price', g.price, 'capacity', g.capacity, 'free', g.free)
                        ORDER BY g.place)
        FROM grade g WHERE g.performance_id = p.id)) ORDER BY p.place)
    FROM performance p WHERE p.musical_id = m.id) AS performances
  FROM musical m`;

type Row = Musical & { created_at: Date };
const answer = ({ id, name, performances }: Row): Musical => ({ id, name, performances });

export const findMusical = async (store: Pick<Store, 'query'>, id: string): Promise<Musical | undefined> =>
  (await findMusicals(store, [id]))[0];

/** The musicals of these ids, in their order. */
export async function findMusicals(store: Pick<Store, 'query'>, ids: string[]): Promise<(Musical | undefined)[]> {
  const rows = await store.query<Row>(`${MUSICAL} WHERE m.id = ANY($1)`, [[...new Set(ids)]]);
  const found = new Map(rows.map((row) => [row.id, answer(row)]));
  return ids.map((id) => found.get(id));
}

const ANY_ID = '00000000-0000-0000-0000-000000000000';

/** Newest first. */
export async function listMusicals(
  store: Pick<Store, 'query'>,
  limit: number,
  cursor?: string,
): Promise<Page<Musical>> {
  const [time, id] = cursor === undefined ? ['infinity', ANY_ID] : decodeCursor(cursor, timeAndId);
  const rows = await store.query<Row>(
    `${MUSICAL} WHERE (m.created_at, m.id) < ($1::timestamptz, $2::uuid)
     ORDER BY m.created_at DESC, m.id DESC LIMIT $3`,
    [time, id, limit + 1],
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? encodeCursor([last.created_at.toISOString(), last.id]) : null;
  return { items: items.map(answer), next };
}

export interface CapacityChange {
  musicalId: string;
  performanceId: string;
  gradeId: string;
  capacity: number;
  change: number;
  /** The musical's version that this change makes. */
  version: number;
}

/** Gives the grade another capacity unless that is below what is taken; says which of the two is wrong. */
export async function setCapacity(
  tx: Tx,
  musicalId: string,
  gradeId: string,
  capacity: number,
): Promise<CapacityChange | { refused: 'unknown' } | { refused: 'below-taken'; taken: number }> {
  const [grade] = await tx.query<{ performanceId: string; capacity: number; free: number }>(
    `SELECT p.id AS "performanceId", g.capacity, g.free FROM grade g JOIN performance p ON p.id = g.performance_id
     WHERE g.id = $1 AND p.musical_id = $2 FOR UPDATE OF g`,
    [gradeId, musicalId],
  );
  if (!grade) return { refused: 'unknown' };
  const change = capacity - grade.capacity;
  const changed = await tx.query(
    `UPDATE grade SET capacity = capacity + $2, free = free + $2 WHERE id = $1 AND free + $2 >= 0 RETURNING id`,
    [gradeId, change],
  );
  if (changed.length === 0) return { refused: 'below-taken', taken: grade.capacity - grade.free };
  const [musical] = await tx.query<{ version: number }>(
    `UPDATE musical SET version = version + $2 WHERE id = $1 RETURNING version`,
    [musicalId, change === 0 ? 0 : 1],
  );
  return { musicalId, performanceId: grade.performanceId, gradeId, capacity, change, version: musical!.version };
}
