import { PermanentError } from '@outerpark/chassis/errors';
import { eventReader, type MessageReader, type Subscriptions } from '@outerpark/chassis/messaging/reading';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { RecordedEvent } from '@outerpark/contracts/events';
import { eventTopics, type EventTopic } from '@outerpark/contracts/topics';
import { paymentAfter, statusAfter, type PaymentEvent, type ReservationEvent } from '../domain/states';
import { detailOf, type StoryEvent } from '../domain/story';
import {
  writeDeferral,
  writeNotice,
  writePayment,
  writeReservation,
  writeReservationStatus,
  writeReservationVersion,
  writeTimeline,
} from '../persistence/view';

/** To be raised with every change after which the same events give other rows: of this folder, the domain, or the tables. */
export const FOLD_VERSION = 3;

type Fold<T extends StoryEvent> = (tx: Tx, event: RecordedEvent<T>) => Promise<void>;

const reservationMoved: Fold<ReservationEvent> = async (tx, event) => {
  const status = statusAfter[event.type];
  await writeReservationVersion(tx, event.data.reservationId, event.version);
  if (status) await writeReservationStatus(tx, event.data.reservationId, event.version, status);
  await tell(tx, event);
};

const paymentMoved: Fold<PaymentEvent> = async (tx, event) => {
  await writePayment(tx, event.data.reservationId, event.version, paymentAfter(event));
  await tell(tx, event);
};

const noticeMoved =
  (status: 'sent' | 'failed'): Fold<'NotificationSent' | 'NotificationFailed'> =>
  async (tx, event) => {
    const { noticeId, reservationId, kind } = event.data;
    await writeNotice(tx, { id: noticeId, version: event.version, reservationId, kind, status, at: utc(event.time) });
    await tell(tx, event);
  };

/**
 * What each event changes in the view. A topic writes rows that no other topic writes, so it does not matter how the topics
 * interleave. MusicalRegistered and SeatsChanged change nothing here: a reservation shows the musical as it was reserved.
 */
export const fold: Subscriptions = {
  SeatsReserved: async (tx, event) => {
    const { startsAt, paymentDeadline } = event.data;
    const reserved = { ...event.data, startsAt: utc(startsAt), paymentDeadline: utc(paymentDeadline) };
    await writeReservation(tx, reserved, utc(event.time));
    await reservationMoved(tx, event);
  },
  PaymentRequested: reservationMoved,
  ReservationConfirmed: reservationMoved,
  ReservationCancelled: reservationMoved,
  ReservationExpired: reservationMoved,
  ReservationAbandoned: tell,

  PaymentActionRequired: paymentMoved,
  PaymentDeferred: async (tx, event) => {
    await writeDeferral(tx, event.data.reservationId, utc(event.data.paymentDeadline));
    await paymentMoved(tx, event);
  },
  PaymentDeclined: paymentMoved,
  PaymentApproved: paymentMoved,
  PaymentCancelled: paymentMoved,

  SeatsReleased: tell,

  NotificationSent: noticeMoved('sent'),
  NotificationFailed: noticeMoved('failed'),
};

type Readers = Record<EventTopic, MessageReader>;

const readersOf = (subscriptions: Subscriptions): Readers =>
  Object.fromEntries(eventTopics.map((topic) => [topic, eventReader(subscriptions)])) as Readers;

/** The fold, for the inbox. */
export const readers = readersOf(fold);

/** The same, which says after the commit what each event was about, and when that happened. */
export const readersTelling = (changed: (reservationId: string, time: string) => void): Readers =>
  readersOf(
    Object.fromEntries(
      Object.entries(fold as Record<string, Fold<StoryEvent>>).map(([type, apply]) => [
        type,
        async (tx: Tx, event: RecordedEvent<StoryEvent>) => {
          await apply(tx, event);
          tx.afterCommit(() => changed(event.data.reservationId, event.time));
        },
      ]),
    ),
  );

async function tell(tx: Tx, event: RecordedEvent<StoryEvent>): Promise<void> {
  const { id, type, data, time, source, version, correlationId } = event;
  const service = source.slice(source.lastIndexOf('/') + 1);
  const what = { type, service, version, correlationId, detail: detailOf(event) };
  await writeTimeline(tx, { eventId: id, reservationId: data.reservationId, at: utc(time), ...what });
}

/** In one form, because text is compared: later is greater. */
function utc(time: string): string {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) throw new PermanentError(`${JSON.stringify(time)} is not a time`);
  return moment.toISOString();
}
