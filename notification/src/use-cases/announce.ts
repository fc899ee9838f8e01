import { randomUUID } from 'node:crypto';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { DomainEvent, RecordedEvent } from '@outerpark/contracts/events';
import { announcementOf, type AnnouncedEvent } from '../domain/notices';
import { saveDeferral } from '../persistence/customers';
import { insertNotice } from '../persistence/notices';

export type Announce = (tx: Tx, event: RecordedEvent<AnnouncedEvent>) => Promise<void>;

/**
 * Has the customer told of an event. Of a payment that is deferred again and again only once: until something else happens
 * to it. `giveUpMs` counts from the event, so that a service which was down for a week does not mail what is long past.
 */
export const createAnnounce =
  (giveUpMs: number, now: () => Date): Announce =>
  async (tx, recorded) => {
    const event = recorded as DomainEvent<AnnouncedEvent>;
    if (event.type === 'PaymentDeferred' && !(await saveDeferral(tx, event.data, recorded.version))) return;
    const announcement = announcementOf(event);
    if (!announcement) return;
    const { reservationId, customerId } = event.data;
    const { version, time } = recorded;
    const giveUpAt = new Date(Date.parse(time) + giveUpMs);
    insertNotice(tx, {
      ...announcement,
      id: randomUUID(),
      reservationId,
      customerId,
      version,
      createdAt: now(),
      giveUpAt,
    });
  };
