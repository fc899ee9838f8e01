import { eventually } from '@outerpark/chassis/testing/eventually';
import request from 'supertest';
import { oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let musical: TestMusical;
beforeAll(async () => {
  musical = await startTestMusical();
});
afterAll(() => musical.stop());

const performance = async () => (await musical.musical(oneNight({ VIP: 10 }))).performances[0]!.id;
const hold = (performanceId: string) => musical.hold({ performanceId, lines: [{ grade: 'VIP', seats: 1 }] });

/** Takes a seat in a transaction that stays open until `commit`, as that of a process which is frozen before its commit. */
async function openTransaction(performanceId: string) {
  let commit: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (commit = resolve));
  let begun: () => void = () => undefined;
  const locked = new Promise<void>((resolve) => (begun = resolve));
  const ended = musical.store.transact(async (tx) => {
    await tx.query(`UPDATE grade SET free = free - 1 WHERE performance_id = $1`, [performanceId]);
    begun();
    await gate;
  });
  ended.catch(() => undefined);
  await locked;
  return { commit: () => commit(), ended };
}

test('a process that freezes in its transaction stops nobody for good, and its seats are not lost', async () => {
  const performanceId = await performance();
  const frozen = await openTransaction(performanceId);

  expect((await hold(performanceId)).status).toBe(200);

  frozen.commit();
  await expect(frozen.ended).rejects.toThrow();
  expect(await musical.seats(performanceId)).toEqual({ VIP: 9 });
}, 20_000);

test('while the database is away holds are refused as unavailable, and go on when it is back', async () => {
  const performanceId = await performance();
  const frozen = await openTransaction(performanceId);
  const waiting = hold(performanceId);
  await eventually(async () => {
    const locks = await musical.store.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(locks).toHaveLength(1);
  });

  // As by a restart of the server; the other's connection goes last, so that the hold still waits when its own goes.
  const disconnect = (name: string) =>
    musical.store.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
      [name],
    );
  await disconnect('musical');
  const answer = await waiting;
  expect([answer.status, problemOf(answer)]).toEqual([503, 'service-unavailable']);
  expect(answer.headers['retry-after']).toBe('1');
  await disconnect('test');
  frozen.commit();
  await expect(frozen.ended).rejects.toThrow();

  expect((await hold(performanceId)).status).toBe(200);
  expect(await musical.seats(performanceId)).toEqual({ VIP: 9 });
  expect((await request(musical.url).get('/readyz')).status).toBe(200);
});
