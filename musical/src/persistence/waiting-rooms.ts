import type { Store } from '@outerpark/chassis/postgres/store';
import type { WaitingRoomMode } from '@outerpark/contracts/http/waiting-rooms';
import type { Load } from '../domain/admission';
import { newWaitingRoom, type Gate, type WaitingRoom } from '../domain/waiting-room';

/** Holds of a performance that one process has decided. */
export interface DecidedLoad extends Load {
  performanceId: string;
}

/** Before an admin or the load has said anything. */
export interface Unsaid {
  mode: WaitingRoomMode;
  rate: number;
}

/**
 * Adds what one process has decided since then to what all have. A room that nobody counted for begins its measurement with it.
 * In the order of the ids, so that no two processes wait for each other in a circle.
 */
export async function addLoads(
  store: Pick<Store, 'query'>,
  loads: DecidedLoad[],
  { mode, rate }: Unsaid,
  since: Date,
): Promise<void> {
  const { measuredAt, ...room } = newWaitingRoom(mode, rate, since);
  const inOrder = [...loads].sort((a, b) => (a.performanceId < b.performanceId ? -1 : 1));
  await store.query(
    `INSERT INTO waiting_room AS r (performance_id, mode, open, start, admitted, joined, rate, credit, busy_at, measured_at, decided, late)
     SELECT performance, $4, false, 0, 0, 0, $5, 0, $6, $6, decided, late
     FROM unnest($1::uuid[], $2::int[], $3::int[]) AS w (performance, decided, late)
     ON CONFLICT (performance_id) DO UPDATE SET decided = r.decided + excluded.decided, late = r.late + excluded.late,
       measured_at = CASE WHEN r.open OR r.decided > 0 THEN r.measured_at ELSE excluded.measured_at END`,
    [
      inOrder.map(({ performanceId }) => performanceId),
      inOrder.map(({ decided }) => decided),
      inOrder.map(({ late }) => late),
      room.mode,
      room.rate,
      measuredAt,
    ],
  );
}

/** The performances whose rooms have work to do that nobody has done since `before`, and whether they have begun. */
export const dueRooms = (
  store: Pick<Store, 'query'>,
  before: Date,
  now: Date,
): Promise<{ performanceId: string; over: boolean }[]> =>
  store.query(
    `SELECT r.performance_id AS "performanceId", p.starts_at <= $2 AS over
     FROM waiting_room r JOIN performance p ON p.id = r.performance_id
     WHERE (r.open OR r.decided > 0) AND r.measured_at <= $1 ORDER BY r.measured_at`,
    [before, now],
  );

/** From now on the performance has a room, if it had none. */
export const makeRoom = (
  store: Pick<Store, 'query'>,
  performanceId: string,
  unsaid: Unsaid,
  now: Date,
): Promise<void> => addLoads(store, [{ performanceId, decided: 0, late: 0 }], unsaid, now);

/**
 * Changes a room under its lock, so that of several replicas each sees what the one before has done. `change` is told what was decided
 * since the room was measured last; what it makes of it is stored and given back, and nothing when it gives nothing.
 */
export const changeRoom = (
  store: Store,
  performanceId: string,
  change: (room: WaitingRoom, load: Load) => WaitingRoom | undefined,
): Promise<{ before: WaitingRoom; after: WaitingRoom } | undefined> =>
  store.transact(async (tx) => {
    const [found] = await tx.query<WaitingRoom & Load>(
      `SELECT mode, open, start, admitted, joined, rate, credit, busy_at AS "busyAt", measured_at AS "measuredAt", decided, late
       FROM waiting_room WHERE performance_id = $1 FOR UPDATE`,
      [performanceId],
    );
    if (!found) return undefined;
    const { decided, late, ...before } = found;
    const after = change(before, { decided, late });
    if (!after) return undefined;
    // Not `joined`: that is only for who joins. What was counted stays until it is measured.
    const { mode, open, start, admitted, rate, credit, busyAt, measuredAt } = after;
    await tx.query(
      `UPDATE waiting_room SET mode = $2, open = $3, start = $4, admitted = $5, rate = $6, credit = $7, busy_at = $8,
         measured_at = $9, decided = CASE WHEN measured_at = $9 THEN decided ELSE 0 END,
         late = CASE WHEN measured_at = $9 THEN late ELSE 0 END
       WHERE performance_id = $1`,
      [performanceId, mode, open, start, admitted, rate, credit, busyAt, measuredAt],
    );
    return { before, after };
  });

/** The room of each performance of a musical, in their order; null for one that never had any. None: there is no such musical. */
export async function roomsOf(
  store: Pick<Store, 'query'>,
  musicalId: string,
): Promise<{ performanceId: string; room: Gate | null }[]> {
  const rows = await store.query<{ performanceId: string } & (Gate | { mode: null })>(
    `SELECT p.id AS "performanceId", r.mode, r.open, r.start, r.admitted, r.joined, r.rate
     FROM performance p LEFT JOIN waiting_room r ON r.performance_id = p.id WHERE p.musical_id = $1 ORDER BY p.place`,
    [musicalId],
  );
  return rows.map(({ performanceId, ...room }) => ({ performanceId, room: room.mode === null ? null : room }));
}
