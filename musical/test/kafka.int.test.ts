import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { ended, heldIn, oneNight, startTestMusical, type TestMusical } from './musical';

const kafka = testKafka();
const broker = connectKafka({ ...kafka, clientId: 'test', logger: createLogger('test', 'silent') });
let musical: TestMusical;
beforeAll(async () => {
  await broker.ensureTopics();
  musical = await startTestMusical({
    ROLES: 'http,consumer,relay,worker',
    KAFKA_BROKERS: kafka.brokers.join(','),
    TOPIC_PREFIX: kafka.topicPrefix,
  });
}, 60_000);
afterAll(async () => {
  await musical.stop();
  await broker.close();
});

test("what happens here reaches Kafka, and a reservation's end reaches the seats", async () => {
  const heard: IncomingMessage[] = [];
  const listening = broker.subscribe({
    groupId: `${kafka.topicPrefix}${randomUUID()}`,
    topics: ['musical.events'],
    position: () => Promise.resolve(0),
    apply: ({ messages }) => {
      heard.push(...messages);
      return Promise.resolve({ next: messages.at(-1)!.offset + 1 });
    },
  });
  const correlationId = randomUUID();
  const answer = await musical.register(oneNight({ VIP: 10 }), { 'X-Correlation-Id': correlationId });
  const { id, performances } = answer.body as { id: string; performances: { id: string }[] };
  const performanceId = performances[0]!.id;
  const hold = heldIn(await musical.hold({ performanceId, lines: [{ grade: 'VIP', seats: 3 }] }));

  // Twice, as a relay that was killed between sending and noting it.
  const { headers, value } = ended('Cancelled', hold);
  const message = { topic: 'reservation.events' as const, key: hold.reservationId, headers, value };
  await broker.publish([message, message]);

  const about = (subject: string) => heard.filter(({ key }) => key === subject).map(({ headers }) => headers);
  await eventually(
    () => {
      expect(about(id)).toEqual([
        expect.objectContaining({
          ce_type: 'MusicalRegistered',
          ce_source: 'outerpark/musical',
          ce_subject: id,
          correlationid: correlationId,
        }),
      ]);
      // The trace of what caused it goes on.
      expect(about(hold.reservationId)).toEqual([
        expect.objectContaining({ ce_type: 'SeatsReleased', correlationid: headers.correlationid }),
      ]);
    },
    { withinMs: 30_000 },
  );
  expect(await musical.seats(performanceId)).toEqual({ VIP: 10 });
  await listening.stop();
}, 60_000);
