import { eventReader, type MessageReader } from '@outerpark/chassis/messaging/reading';
import { events, type EventType } from '@outerpark/contracts/events';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import { subscriptions as musical } from '@outerpark/musical/messaging/subscriptions';
import { readers as mypage } from '@outerpark/mypage/messaging/fold';
import { readers as notification } from '@outerpark/notification/messaging/subscriptions';
import { subscriptions as payment } from '@outerpark/payment/messaging/subscriptions';
import { subscriptions as reservation } from '@outerpark/reservation/messaging/subscriptions';
import type { Copy } from './copy';
import { replicaName } from './mypage';
import { TOPICS } from './topics';

type Readers = Partial<Record<Topic, MessageReader>>;

const never = (): never => {
  throw new Error('only asked for what it reads');
};

/** The readers of each service as the service itself puts them together: who cares for what is written down there only. */
export const services: Record<string, Readers> = {
  musical: { 'reservation.events': eventReader(musical(never)) },
  reservation: reservation(never),
  payment: { 'reservation.events': eventReader(payment(never)) },
  notification: notification(never, () => undefined),
};

/** Every event type by its topic; the contacts have one that is no event. */
const typesOf = (topic: Topic): string[] =>
  topic === CONTACTS_TOPIC
    ? ['CustomerContact']
    : Object.keys(events).filter((type) => events[type as EventType].topic === topic);

/** Asked with a message that says nothing: who cares for its type calls it invalid, the others ignore it. */
const caresFor = (reader: MessageReader | undefined, type: string): boolean => {
  const headers = { ce_id: 'asked', ce_type: type, ce_time: '2026-01-01T00:00:00.000Z' };
  return reader !== undefined && reader({ offset: 0, key: 'asked', headers, value: '' }).kind !== 'ignored';
};

export const interests = (consumer: string, readers: Readers) =>
  TOPICS.flatMap((topic) =>
    typesOf(topic)
      .filter((type) => caresFor(readers[topic], type))
      .map((type) => ({ consumer, topic, type })),
  );

/** Copies who cares for which events. */
export function copyInterests(copy: Copy, mypageDirs: string[]): void {
  for (const [service, readers] of Object.entries(services)) copy.insert('interest', interests(service, readers));
  for (const dir of mypageDirs) copy.insert('interest', interests(replicaName(dir), mypage));
}
