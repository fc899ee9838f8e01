import { eventually } from '@outerpark/chassis/testing/eventually';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@outerpark/chassis/testing/otlp-receiver';
import { startSystem, type System } from './system';

let collector: OtlpReceiver;
let system: System;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  system = await startSystem({ collector: collector.url });
}, 90_000);
afterAll(async () => {
  await system.shutDown();
  await collector.stop();
}, 60_000);

/** What docs/tracing.md promises: who is whose parent on the way from the customer's click to the mail. */
const EDGES = `
customer > gateway server POST /api/reservations
gateway server POST /api/reservations > gateway client POST
gateway client POST > reservation server POST /api/reservations
reservation server POST /api/reservations > reservation client INSERT intent
reservation server POST /api/reservations > reservation client POST
reservation client POST > musical server POST /internal/holds
musical server POST /internal/holds > musical client UPDATE grade
musical server POST /internal/holds > musical client INSERT hold
reservation server POST /api/reservations > reservation client INSERT reservation
reservation server POST /api/reservations > reservation client INSERT outbox
reservation server POST /api/reservations > reservation client COMMIT
reservation server POST /api/reservations > reservation producer create SeatsReserved
reservation producer create SeatsReserved > reservation client send SeatsReserved
reservation producer create SeatsReserved > payment consumer process SeatsReserved
reservation producer create SeatsReserved > mypage consumer process SeatsReserved
reservation server POST /api/reservations > reservation producer create CustomerContact
reservation producer create CustomerContact > notification consumer process CustomerContact
payment consumer process SeatsReserved > payment client INSERT payment
payment consumer process SeatsReserved > payment internal payment charge
payment internal payment charge > payment client POST
payment consumer process SeatsReserved > payment producer create PaymentApproved
payment producer create PaymentApproved > payment client send PaymentApproved
payment producer create PaymentApproved > reservation consumer process PaymentApproved
payment producer create PaymentApproved > mypage consumer process PaymentApproved
reservation consumer process PaymentApproved > reservation client UPDATE reservation
reservation consumer process PaymentApproved > reservation producer create ReservationConfirmed
reservation producer create ReservationConfirmed > musical consumer process ReservationConfirmed
musical consumer process ReservationConfirmed > musical client UPDATE hold
reservation producer create ReservationConfirmed > mypage consumer process ReservationConfirmed
reservation producer create ReservationConfirmed > notification consumer process ReservationConfirmed
notification consumer process ReservationConfirmed > notification client INSERT notice
notification consumer process ReservationConfirmed > notification internal deliver email
notification internal deliver email > notification client send mail
notification internal deliver email > notification producer create NotificationSent
notification producer create NotificationSent > notification client send NotificationSent
notification producer create NotificationSent > mypage consumer process NotificationSent
`
  .trim()
  .split('\n');

const called = ({ service, kind, name }: ReceivedSpan) => `${service} ${kind} ${name}`;

function edgesOf(spans: ReceivedSpan[], customersSpan: string): Set<string> {
  const byId = new Map(spans.map((span) => [span.spanId, called(span)]));
  byId.set(customersSpan, 'customer');
  return new Set(spans.map((span) => `${byId.get(span.parentSpanId) ?? 'nobody'} > ${called(span)}`));
}

test("one trace leads from the customer's click to the mail and to My page", async () => {
  const [admin, alice] = [await system.admin(), await system.customer('alice')];
  const musical = await admin.registers('Traced', 3);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const customersSpan = '00f067aa0ba902b7';
  const { body } = await alice.call<{ id: string }>(
    'POST',
    '/api/reservations',
    { musicalId: musical.id, seats: 1 },
    { traceparent: `00-${traceId}-${customersSpan}-01` },
  );
  const trace = () => collector.spans.filter((span) => span.traceId === traceId);
  const missing = () => {
    const seen = edgesOf(trace(), customersSpan);
    return EDGES.filter((edge) => !seen.has(edge));
  };
  await eventually(() => expect(missing()).toEqual([]), { withinMs: 30_000 });

  // Whole: whoever is named as a parent is in it.
  await eventually(() => {
    expect([...edgesOf(trace(), customersSpan)].filter((edge) => edge.startsWith('nobody'))).toEqual([]);
  });
  expect(trace().filter(({ failed }) => failed)).toEqual([]);

  // Found by what one knows, by OpenTelemetry's names; nothing of the person, and no values of statements.
  const spanOf = (name: string) => trace().find((span) => called(span) === name)!.attributes;
  expect(spanOf('gateway server POST /api/reservations')).toEqual({
    'http.request.method': 'POST',
    'http.response.status_code': 201,
    'http.route': '/api/reservations',
    'url.path': '/api/reservations',
    'url.scheme': 'http',
  });
  expect(spanOf('payment consumer process SeatsReserved')).toMatchObject({
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'reservation.events',
    'cloudevents.event_type': 'SeatsReserved',
    'cloudevents.event_subject': body.id,
  });
  expect(spanOf('reservation client INSERT outbox')).toMatchObject({
    'db.system.name': 'postgresql',
    'db.query.summary': 'INSERT outbox',
    'db.query.text': expect.stringContaining('unnest($1::uuid[]') as string,
  });
  expect(spanOf('payment internal payment charge')).toEqual({
    'outerpark.reservation.id': body.id,
    'outerpark.payment.outcome': 'approved',
  });
  expect(JSON.stringify(trace())).not.toMatch(/alice|@example\.com/);
  const metrics = await (await fetch(`${system.url('gateway')}/metrics`)).text();
  expect(metrics).toMatch(/^trace_spans_total\{outcome="sent",service="gateway"\} [1-9]/m);
  expect(metrics).toMatch(/^trace_spans_total\{outcome="lost",service="gateway"\} 0/m);
}, 90_000);

test('a call that fails marks its spans, and what follows from it is still one trace', async () => {
  const [admin, bob] = [await system.admin(), await system.customer('bob')];
  const musical = await admin.registers('Away', 3);
  const traceId = 'a3ce929d0e0e47364bf92f3577b34da6';
  await system.stop('musical');
  try {
    const refused = await bob.call(
      'POST',
      '/api/reservations',
      { musicalId: musical.id, seats: 1 },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );
    expect(refused.status).toBe(503);
  } finally {
    await system.start('musical');
  }
  await eventually(() => {
    const failed = collector.spans.filter((span) => span.traceId === traceId && span.failed);
    const marks = Object.fromEntries(failed.map((span) => [called(span), span.attributes['error.type']]));
    expect(marks).toEqual({
      'gateway server POST /api/reservations': '503',
      'gateway client POST': '503',
      'reservation server POST /api/reservations': '503',
      'reservation client POST': 'ECONNREFUSED',
    });
  });
}, 60_000);

test('who asks for no trace gets none, though its ids travel', async () => {
  const alice = await system.customer('alice');
  const before = 'b92f3577b34da6a3ce929d0e0e47364f';
  await alice.call('GET', '/api/musicals', undefined, { traceparent: `00-${before}-00f067aa0ba902b7-00` });
  const after = 'f3577b34da6a3ce929d0e0e47364bf92';
  await alice.call('GET', '/api/musicals', undefined, { traceparent: `00-${after}-00f067aa0ba902b7-01` });
  await eventually(() => expect(collector.spans.some(({ traceId }) => traceId === after)).toBe(true));
  expect(collector.spans.some(({ traceId }) => traceId === before)).toBe(false);
});
