import { page } from '../http/paging';
import { adminReservation, reservation, reservationQuery, reserveSeats } from '../http/reservations';
import { MOST_BUCKETS, sales, salesQuery } from '../http/sales';
import type { ServiceDescription } from './operation';
import { operatorOperations } from './operators';

const ofThis = { params: { id: '$response.body#/id' } };

export const reservationService: ServiceDescription = {
  title: 'OuterPark reservation',
  description: "The customer's promise: reservations, their deadlines and their end.",
  operations: [
    {
      id: 'reserveSeats',
      method: 'post',
      path: '/api/reservations',
      who: 'customer',
      summary: 'Reserve seats',
      description:
        'By musical, where it has one performance and one price grade, or by performance and lines. All or none. While the performance has a waiting room open, only who is admitted there may: else `waiting-room` says how long that may take, and the same request under the same Idempotency-Key may follow then.',
      body: reserveSeats,
      repeatable: true,
      answer: {
        status: 201,
        summary: 'The seats are held until the payment deadline',
        body: reservation,
        next: { findReservation: ofThis, requestPayment: ofThis, cancelReservation: ofThis },
      },
      problems: [
        'not-found',
        'choose-performance',
        'performance-over',
        'seats-unavailable',
        'customer-limit-reached',
        'waiting-room',
        'seat-check-unavailable',
      ],
    },
    {
      id: 'findReservation',
      method: 'get',
      path: '/api/reservations/:id',
      who: 'identity',
      summary: 'One reservation, for its owner or an admin',
      answer: { status: 200, summary: 'The reservation', body: reservation },
    },
    {
      id: 'cancelReservation',
      method: 'delete',
      path: '/api/reservations/:id',
      who: 'identity',
      summary: 'Cancel a reservation; what was paid is refunded',
      description: 'For its owner or an admin. Cancelled again it is answered the same and nothing happens.',
      repeatable: true,
      answer: { status: 200, summary: 'The cancelled reservation', body: reservation },
      problems: ['reservation-ended', 'performance-over'],
    },
    {
      id: 'requestPayment',
      method: 'post',
      path: '/api/reservations/:id/payment',
      who: 'customer',
      summary: 'Try again to pay, after a declined payment',
      repeatable: true,
      answer: { status: 202, summary: 'The payment will be tried', body: reservation },
      problems: ['payment-not-open'],
    },
    {
      id: 'listReservations',
      method: 'get',
      path: '/api/admin/reservations',
      who: 'admin',
      summary: "Everybody's reservations, newest first",
      description:
        'What is given narrows the list. `q` finds the first four characters or more of an id, a whole customer id, or a part of the name of a musical.',
      query: reservationQuery,
      answer: { status: 200, summary: 'A page of reservations', body: page(adminReservation) },
    },
    {
      id: 'seeSales',
      method: 'get',
      path: '/api/admin/sales',
      who: 'admin',
      summary: 'What was confirmed, and what of it was cancelled, by hour or day (UTC)',
      description: `From \`from\` up to, and without, \`to\`; by default the last 30 days by day, the last 48 hours by hour. At most ${MOST_BUCKETS} hours or days at once.`,
      query: salesQuery,
      answer: { status: 200, summary: 'Every hour or day that the range touches, in order', body: sales },
    },
    ...operatorOperations,
  ],
};
