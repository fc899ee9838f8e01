import { randomUUID } from 'node:crypto';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { createOffers } from '@outerpark/musical/persistence/offers';
import { migrations } from '@outerpark/musical/persistence/migrations';
import { createHoldSeats } from '@outerpark/musical/use-cases/hold-seats';
import { percentile } from '@outerpark/e2e/soak/fit';
import { ms, rate, type Scenario } from './scenario';

const CALLERS = [1, 50];

export const hotRow: Scenario = {
  name: 'hot-row',
  title: 'Holds on one hot row',
  what: 'The use case that holds seats, without HTTP, on one grade of one performance: concurrent holds are decided together, each with its own answer. Compared with one UPDATE a transaction on one row by as many callers (the floor of SQL).',
  run: async ({ quick, musical, figures, settled }, { run }) => {
    await settled();
    const musicalId = await musical(1_000_000);
    const database = await openDatabase({ name: 'bench', url: run.databases.musical, poolSize: 10, migrations });
    const holdSeats = createHoldSeats(database, createOffers(database), () => new Date());
    const found: Record<string, number> = {};
    const rows = [];
    const held: string[] = [];
    try {
      for (const callers of CALLERS) {
        const seconds = quick ? 3 : 10;
        const until = performance.now() + seconds * 1_000;
        const took: number[] = [];
        const caller = async () => {
          for (let now = performance.now(); now < until; now = performance.now()) {
            const reservationId = randomUUID();
            await holdSeats({ reservationId, customerId: 'bench', wanted: { musicalId, seats: 1 } });
            held.push(reservationId);
            took.push(performance.now() - now);
          }
        };
        await Promise.all(Array.from({ length: callers }, caller));
        found[`holds${callers}`] = took.length / seconds;
        found[`holds${callers}P99Ms`] = percentile(took, 0.99);
        rows.push([callers, rate(took.length / seconds), ms(percentile(took, 0.5)), ms(percentile(took, 0.99))]);
      }
      if (figures.sqlFloorHotRow) found.holds50ToHotRowFloor = found.holds50! / figures.sqlFloorHotRow;
      return {
        figures: found,
        tables: [{ head: ['callers', 'holds a second', 'p50, ms', 'p99, ms'], rows }],
        notes: figures.sqlFloorHotRow
          ? [
              `${(found.holds50! / figures.sqlFloorHotRow).toFixed(1)} times what one UPDATE a transaction gives with 50 callers.`,
            ]
          : [],
      };
    } finally {
      // These holds have no reservation: they would be breaches.
      await database.query('DELETE FROM hold WHERE reservation_id = ANY($1)', [held]);
      await database.query(
        `UPDATE grade SET free = free + $2 WHERE performance_id IN (SELECT id FROM performance WHERE musical_id = $1)`,
        [musicalId, held.length],
      );
      await database.close();
    }
  },
};
