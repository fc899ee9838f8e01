import type { DomainEvent, EventType } from '@outerpark/contracts/events';
import type { Hold } from '@outerpark/contracts/http/holds';
import type { ReservationStatus } from '@outerpark/contracts/http/reservations';
import type { PricedLine } from '@outerpark/contracts/values';

export interface Reservation {
  id: string;
  customerId: string;
  musicalId: string;
  musical: string;
  performanceId: string;
  startsAt: Date;
  venue: string;
  lines: PricedLine[];
  seats: number;
  /** KRW, all seats together. */
  price: number;
  status: ReservationStatus;
  paymentDeadline: Date;
  /** How many events it has had. */
  version: number;
  createdAt: Date;
}

export type Command =
  | { type: 'Cancel'; by: 'customer' | 'admin'; now: Date }
  | { type: 'RequestPayment'; now: Date }
  | { type: 'ConfirmPaid' }
  /** `now`: the time up to which every payment is known. */
  | { type: 'Expire'; now: Date };

export type ReservationEvent = DomainEvent<
  Extract<EventType, 'PaymentRequested' | 'ReservationConfirmed' | 'ReservationCancelled' | 'ReservationExpired'>
>;

export type Decision =
  { events: ReservationEvent[] } | { refused: 'reservation-ended' | 'performance-over' | 'payment-not-open' };

const nothing: Decision = { events: [] };

/** What a command makes happen. Nothing to do is no event; what the caller must hear is refused. */
export function decide(command: Command, reservation: Reservation): Decision {
  const { status } = reservation;
  switch (command.type) {
    case 'Cancel':
      if (status === 'cancelled') return nothing;
      if (status === 'expired') return { refused: 'reservation-ended' };
      if (command.now >= reservation.startsAt) return { refused: 'performance-over' };
      return { events: [{ type: 'ReservationCancelled', data: { ...ended(reservation), by: command.by } }] };

    case 'RequestPayment':
      if (status !== 'awaiting_payment' || command.now >= reservation.paymentDeadline)
        return { refused: 'payment-not-open' };
      return {
        events: [
          { type: 'PaymentRequested', data: { reservationId: reservation.id, customerId: reservation.customerId } },
        ],
      };

    case 'ConfirmPaid':
      // Paid too late: payment sees that nothing is wanted any more, and refunds.
      if (status !== 'awaiting_payment') return nothing;
      return { events: [{ type: 'ReservationConfirmed', data: ended(reservation) }] };

    case 'Expire':
      if (status !== 'awaiting_payment' || command.now < reservation.paymentDeadline) return nothing;
      return { events: [{ type: 'ReservationExpired', data: ended(reservation) }] };
  }
}

/** The only place where a status changes. */
export function evolve(reservation: Reservation, event: ReservationEvent): Reservation {
  const version = reservation.version + 1;
  switch (event.type) {
    case 'PaymentRequested':
      return { ...reservation, version };
    case 'ReservationConfirmed':
      return { ...reservation, version, status: 'confirmed' };
    case 'ReservationCancelled':
      return { ...reservation, version, status: 'cancelled' };
    case 'ReservationExpired':
      return { ...reservation, version, status: 'expired' };
  }
}

/**
 * The provider is not to be had: the customer gets the longer of the two deadlines, also when the reservation has ended meanwhile.
 * So whoever reads the same events, in whatever order, shows the same deadline.
 */
export const adoptDeadline = (reservation: Reservation, deadline: Date): Reservation =>
  deadline > reservation.paymentDeadline ? { ...reservation, paymentDeadline: deadline } : reservation;

/** The reservation that a hold makes, and its first event. The deadline never lies behind the performance's beginning. */
export function reserve(
  hold: Hold,
  customerId: string,
  now: Date,
  windowMs: number,
): [Reservation, DomainEvent<'SeatsReserved'>] {
  const startsAt = new Date(hold.startsAt);
  const paymentDeadline = new Date(Math.min(now.getTime() + windowMs, startsAt.getTime()));
  const { reservationId, musicalId, musical, performanceId, venue, lines, seats, price } = hold;
  const reservation: Reservation = {
    ...{ id: reservationId, customerId, musicalId, musical, performanceId, startsAt, venue, lines, seats, price },
    ...{ status: 'awaiting_payment', paymentDeadline, version: 1, createdAt: now },
  };
  return [
    reservation,
    { type: 'SeatsReserved', data: { ...hold, customerId, paymentDeadline: paymentDeadline.toISOString() } },
  ];
}

const ended = ({ id, customerId, performanceId, price }: Reservation) => ({
  reservationId: id,
  customerId,
  performanceId,
  price,
});
