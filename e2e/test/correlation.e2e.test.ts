import { eventually } from '@outerpark/chassis/testing/eventually';
import { startSystem, type ServiceName, type System } from './system';

interface Line {
  service: ServiceName;
  msg: string;
  correlationId?: string;
  traceId?: string;
  event?: string;
}

const lines: Line[] = [];
let system: System;

beforeAll(async () => {
  system = await startSystem({ log: (line) => void lines.push(JSON.parse(line) as Line) });
}, 90_000);
afterAll(() => system.shutDown(), 60_000);

test("one correlation id and one trace lead from the customer's request to the last log line of every service", async () => {
  const [admin, alice] = [await system.admin(), await system.customer('alice')];
  const musical = await admin.registers('Traced', 3);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await alice.call<{ id: string }>(
    'POST',
    '/api/reservations',
    { musicalId: musical.id, seats: 1 },
    { 'x-correlation-id': 'the-story-of-alice', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  );
  expect(answer.headers.get('x-correlation-id')).toBe('the-story-of-alice');
  await alice.sees(answer.body.id, ({ notifications }) => notifications.length > 0);

  await eventually(() => {
    const story = lines.filter(({ correlationId }) => correlationId === 'the-story-of-alice');
    expect([...new Set(story.map(({ service }) => service))].sort()).toEqual([
      'gateway',
      'musical',
      'mypage',
      'notification',
      'payment',
      'reservation',
    ]);
    const applied = (service: ServiceName) =>
      story.filter((line) => line.service === service && line.event).map(({ event }) => event);
    expect(applied('payment')).toContain('SeatsReserved');
    expect(applied('reservation')).toContain('PaymentApproved');
    expect(applied('musical')).toContain('ReservationConfirmed');
    expect(applied('notification')).toContain('ReservationConfirmed');
    expect(applied('mypage')).toEqual(
      expect.arrayContaining(['SeatsReserved', 'PaymentApproved', 'ReservationConfirmed', 'NotificationSent']),
    );
    for (const line of story) expect(line).toMatchObject({ traceId });
  });
}, 60_000);
