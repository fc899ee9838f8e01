import { randomUUID } from 'node:crypto';
import type { IncomingBatch } from '@outerpark/chassis/messaging/broker';
import { newIds, wholeStory } from '../test/story';
import { rebuild } from './rebuild';

const ids = newIds(randomUUID());
const { reservationId } = ids;

/** A reservation's whole story, with a message in front that breaks its contract. */
const batches = (): IncomingBatch[] => {
  const story = wholeStory(ids);
  const topics = [...new Set(story.map(({ topic }) => topic))];
  const all = topics.map((topic) => ({
    topic,
    partition: 0,
    messages: story
      .filter((told) => told.topic === topic)
      .map(({ message }, index) => ({ ...message, offset: index + 1 })),
  }));
  const own = all.find(({ topic }) => topic === 'reservation.events')!;
  own.messages.unshift({ ...own.messages[0]!, offset: 0, value: '{}' });
  own.messages[0]!.headers = { ...own.messages[0]!.headers, ce_id: randomUUID() };
  return all;
};

test('gives up what cannot be applied and applies what waits behind it, as operators did it', async () => {
  const { view, waiting } = await rebuild(batches());
  expect(view.reservation).toMatchObject([{ id: reservationId, customer_id: ids.customerId }]);
  expect(waiting).toEqual([]);
});

test('leaves waiting what waits for operators in the replica', async () => {
  const open = [{ topic: 'reservation.events' as const, aggregate: reservationId }];
  const { view, waiting } = await rebuild(batches(), open);
  expect(view.reservation).toEqual([]);
  expect(waiting).toEqual(open);
});
