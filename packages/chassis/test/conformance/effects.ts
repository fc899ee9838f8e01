import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventReader } from '../../src/messaging/reading';
import type { Store } from '../../src/postgres/store';

export const TOPIC = 'reservation.events';

/** What the events of the suite do: one row for each time that one is applied, in that order, with the process that did it. */
export class CreateEffect1790000009000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(
      `CREATE TABLE effect (nth bigint GENERATED ALWAYS AS IDENTITY, subject text, version int, pid int)`,
    );
  }
  down = () => Promise.resolve();
}

export const effectReaders = {
  [TOPIC]: eventReader({
    ReservationAbandoned: async (tx, { subject, version }) => {
      await tx.query('INSERT INTO effect (subject, version, pid) VALUES ($1, $2, $3)', [subject, version, process.pid]);
    },
  }),
};

/** The versions of each aggregate in the order in which they were applied. */
export async function effectsOf(store: Pick<Store, 'query'>): Promise<Map<string, number[]>> {
  const effects = new Map<string, number[]>();
  for (const { subject, version } of await store.query<{ subject: string; version: number }>(
    'SELECT subject, version FROM effect ORDER BY nth',
  ))
    effects.set(subject, [...(effects.get(subject) ?? []), version]);
  return effects;
}

/** How many effects each process had. */
export async function appliedBy(store: Pick<Store, 'query'>, pid: number): Promise<number> {
  const [row] = await store.query<{ n: number }>('SELECT count(*)::int AS n FROM effect WHERE pid = $1', [pid]);
  return row!.n;
}
