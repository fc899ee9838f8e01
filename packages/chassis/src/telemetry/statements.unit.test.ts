import { serverOf, summaryOf } from './statements';

test.each([
  ['INSERT INTO outbox (event_id) SELECT * FROM unnest($1::uuid[])', 'INSERT outbox'],
  ['INSERT INTO "reservation"("id") VALUES ($1)', 'INSERT reservation'],
  ['UPDATE grade SET free = free - $2 WHERE id = $1', 'UPDATE grade'],
  ['SELECT "r"."id" FROM "reservation" "r" WHERE "r"."id" = $1 FOR UPDATE', 'SELECT reservation'],
  ['DELETE FROM public.inbox WHERE applied_at < $1', 'DELETE inbox'],
  ['INSERT INTO hold AS h (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET state = $2', 'INSERT hold'],
  ['WITH due AS MATERIALIZED (\n  SELECT id FROM notice\n) UPDATE notice SET tries = 1 FROM due', 'SELECT notice'],
  ['SELECT now()', 'SELECT'],
  ['START TRANSACTION', 'START TRANSACTION'],
  ['COMMIT', 'COMMIT'],
  ['SET LOCAL statement_timeout = 0', 'SET LOCAL'],
])('%s', (text, summary) => {
  expect(summaryOf(text)).toBe(summary);
});

test('a connection string leads to a server, without its user', () => {
  expect(serverOf('postgres://me:secret@db.example/musical?sslmode=verify-full')).toEqual({
    host: 'db.example',
    port: 5432,
    database: 'musical',
  });
});
