import type { ReplicaReport } from '@outerpark/contracts/http/system';
import { healthOf } from './health';

const well: ReplicaReport = {
  service: 'payment',
  url: 'http://payment:8083',
  reachable: true,
  ready: true,
  uptimeSeconds: 60,
  breakers: [{ name: 'provider', state: 'closed' }],
  consumers: [{ topic: 'reservation.events', lag: 0, behindSeconds: 0.3 }],
  outbox: { oldestSeconds: 0 },
  eventLoopDelaySeconds: 0.01,
};

test('a process that does its work is well', () => {
  expect(healthOf(well)).toEqual({ level: 'good', reasons: [] });
});

test('of one that gives no answer nothing else is known', () => {
  const gone = { ...well, reachable: false, ready: false, notReady: 'it gave no answer', uptimeSeconds: null };
  expect(healthOf(gone)).toEqual({ level: 'away', reasons: [{ key: 'away', values: { why: 'it gave no answer' } }] });
});

test('the worst decides, and is told first', () => {
  const { level, reasons } = healthOf({
    ...well,
    outbox: { oldestSeconds: 12 },
    breakers: [{ name: 'provider', state: 'open' }],
  });
  expect(level).toBe('bad');
  expect(reasons.map(({ key }) => key)).toEqual(['breakerOpen', 'outbox']);
});

test('a lag that is being worked off is none; one that lasts is', () => {
  const consumers = (behindSeconds: number) => [{ topic: 'reservation.events', lag: 900, behindSeconds }];
  expect(healthOf({ ...well, consumers: consumers(2) }).level).toBe('good');
  expect(healthOf({ ...well, consumers: consumers(45) })).toEqual({
    level: 'warn',
    reasons: [{ key: 'behind', values: { name: 'reservation.events', lag: 900, seconds: 45 } }],
  });
  expect(healthOf({ ...well, consumers: [{ topic: 'reservation.events', lag: null }] }).level).toBe('warn');
});

test('half open, unready and slow are told', () => {
  expect(healthOf({ ...well, breakers: [{ name: 'provider', state: 'half_open' }] }).level).toBe('warn');
  expect(healthOf({ ...well, ready: false, notReady: 'draining' }).reasons).toEqual([
    { key: 'notReady', values: { why: 'draining' } },
  ]);
  expect(healthOf({ ...well, eventLoopDelaySeconds: 0.8 }).level).toBe('warn');
});
