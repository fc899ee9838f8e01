import type { MessageReader } from '@outerpark/chassis/messaging/reading';
import { eventReader } from '@outerpark/chassis/messaging/reading';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { EventTopic } from '@outerpark/contracts/topics';
import { adoptNewDeadline, noteSagaStep } from '../use-cases/change-reservation';

export const subscriptions = (
  confirmPaid: (tx: Tx, reservationId: string) => void,
): Partial<Record<EventTopic, MessageReader>> => ({
  'payment.events': eventReader({
    PaymentApproved: (tx, { data }) => confirmPaid(tx, data.reservationId),
    PaymentDeferred: (tx, { data }) => adoptNewDeadline(tx, data.reservationId, new Date(data.paymentDeadline)),
    PaymentCancelled: (tx, { data, time }) =>
      noteSagaStep(tx, data.reservationId, 'paymentCancelledAt', new Date(time)),
  }),
  'musical.events': eventReader({
    SeatsReleased: (tx, { data, time }) => noteSagaStep(tx, data.reservationId, 'seatsReleasedAt', new Date(time)),
  }),
});
