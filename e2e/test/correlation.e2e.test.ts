import { eventually } from '@outerpark/chassis/testing/eventually';
import type { RequestStory, ReservationStory } from '@outerpark/contracts/http/story';
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

  // What followed from each request, as operators read it.
  await alice.call('DELETE', `/api/reservations/${answer.body.id}`, undefined, {
    'x-correlation-id': 'the-end:of-alice',
  });
  const told = async (correlationId: string) => {
    const { body } = await admin.call<RequestStory>('GET', `/api/admin/stories/${correlationId}`);
    expect(new Set(body.events.map(({ reservationId }) => reservationId))).toEqual(new Set([answer.body.id]));
    return body.events.map(({ service, type }) => `${service} ${type}`).sort();
  };
  await eventually(
    async () =>
      expect(await told('the-end:of-alice')).toEqual([
        'musical SeatsReleased',
        'notification NotificationSent',
        'payment PaymentCancelled',
        'reservation ReservationCancelled',
      ]),
    { withinMs: 30_000 },
  );
  expect(await told('the-story-of-alice')).toEqual([
    'notification NotificationSent',
    'payment PaymentApproved',
    'reservation ReservationConfirmed',
    'reservation SeatsReserved',
  ]);
  const path = `/api/admin/reservations/${answer.body.id}/story`;
  const whole = await admin.call<ReservationStory>('GET', path);
  expect(whole.body).toMatchObject({ customerId: 'alice', reservation: { id: answer.body.id, status: 'cancelled' } });
  expect(whole.body.events).toHaveLength(8);
  expect((await alice.call('GET', path)).status).toBe(403);
}, 90_000);
