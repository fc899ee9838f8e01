import type { Store } from '../postgres/store';
import { SEGMENTS } from './migrations';

/** Leases are rows and their clock is the database's: no session state that a connection pooler could break. */
export interface RelayLeases {
  /** Renews what this relay owns, gives up what is beyond its fair share, takes what is free. Gives the segments owned now. */
  renew(): Promise<number[]>;
  release(): Promise<void>;
}

export const LEASE_SECONDS = 10;

export function createRelayLeases(store: Store, owner: string): RelayLeases {
  return {
    renew: () =>
      store.transact(async (tx) => {
        await tx.query(
          `INSERT INTO relay_member (owner, until) VALUES ($1, now() + make_interval(secs => $2))
           ON CONFLICT (owner) DO UPDATE SET until = excluded.until`,
          [owner, LEASE_SECONDS],
        );
        await tx.query(`DELETE FROM relay_member WHERE until < now()`);
        const [members] = await tx.query<{ count: number }>(`SELECT count(*)::int AS count FROM relay_member`);
        const fair = Math.ceil(SEGMENTS / (members?.count ?? 1));

        const kept = await tx.query<{ segment: number | null }>(
          `WITH mine AS (
             SELECT segment, row_number() OVER (ORDER BY segment) AS nth
             FROM relay_lease WHERE owner = $1 AND until > now()
           )
           UPDATE relay_lease SET
             owner = CASE WHEN nth <= $3 THEN $1::uuid END,
             until = CASE WHEN nth <= $3 THEN now() + make_interval(secs => $2) ELSE '-infinity' END
           FROM mine WHERE relay_lease.segment = mine.segment
           RETURNING CASE WHEN nth <= $3 THEN relay_lease.segment END AS segment`,
          [owner, LEASE_SECONDS, fair],
        );
        const owned = kept.flatMap(({ segment }) => (segment === null ? [] : [segment]));

        const taken = await tx.query<{ segment: number }>(
          `UPDATE relay_lease SET owner = $1, until = now() + make_interval(secs => $2)
           WHERE segment IN (
             SELECT segment FROM relay_lease WHERE until <= now() ORDER BY segment LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING segment`,
          [owner, LEASE_SECONDS, Math.max(0, fair - owned.length)],
        );
        return [...owned, ...taken.map(({ segment }) => segment)];
      }),

    release: async () => {
      await store.transact(async (tx) => {
        await tx.query(`UPDATE relay_lease SET owner = NULL, until = '-infinity' WHERE owner = $1`, [owner]);
        await tx.query(`DELETE FROM relay_member WHERE owner = $1`, [owner]);
      });
    },
  };
}
