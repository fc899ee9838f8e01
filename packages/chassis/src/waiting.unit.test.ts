import { PermanentError } from './errors';
import { createLogger } from './logger';
import { waitFor } from './waiting';

const logger = createLogger('test', 'silent');

test('tries until it succeeds, and tells each reason', async () => {
  const reasons: string[] = [];
  let tries = 0;
  const attempt = () => (++tries < 3 ? Promise.reject(new Error(`away ${tries}`)) : Promise.resolve('there'));
  const onFailure = (reason: string) => void reasons.push(reason);
  await expect(waitFor('it', attempt, { logger, onFailure })).resolves.toBe('there');
  expect(reasons).toEqual(['away 1', 'away 2']);
});

test('says in the log what it waits for, the same reason once, and that it is there', async () => {
  const lines: { msg: string; reason?: string }[] = [];
  const write = (text: string) => void lines.push(JSON.parse(text) as { msg: string });
  let tries = 0;
  const attempt = () => (++tries < 4 ? Promise.reject(new Error('away')) : Promise.resolve());
  await waitFor('the database', attempt, { logger: createLogger('test', 'info', { write }) });
  expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
    ['waiting for the database', 'away'],
    ['the database is there', undefined],
  ]);
});

test('what can never succeed is thrown at once', async () => {
  const never = new PermanentError('a migration failed');
  await expect(waitFor('it', () => Promise.reject(never), { logger })).rejects.toBe(never);
});

test('when its patience ends the last failure is thrown', async () => {
  const attempt = jest.fn(() => Promise.reject(new Error('away')));
  await expect(waitFor('it', attempt, { logger, patienceMs: 150 })).rejects.toThrow('away');
  expect(attempt.mock.calls.length).toBeGreaterThan(1);
});

test.each([
  ['in the middle of a try that has no end', () => new Promise<never>(() => undefined)],
  ['between two tries', () => Promise.reject(new Error('away'))],
])('ends %s when the process is to end', async (_, attempt) => {
  const stopping = new AbortController();
  const waiting = waitFor('it', attempt, { logger, stopping: stopping.signal });
  setImmediate(() => stopping.abort());
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('an error about several addresses is told by its first one', async () => {
  const reasons: string[] = [];
  const both = new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('another')], '');
  const attempt = () => Promise.reject(both);
  const onFailure = (reason: string) => void reasons.push(reason);
  await expect(waitFor('it', attempt, { logger, patienceMs: 0, onFailure })).rejects.toBe(both);
  await expect(waitFor('it', attempt, { logger, patienceMs: 10, onFailure })).rejects.toBe(both);
  expect(reasons).toEqual(['connect ECONNREFUSED ::1:5432']);
});
