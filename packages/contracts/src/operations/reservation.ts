import { reservation, reserveSeats } from '../http/reservations';
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
        'By musical, where it has one performance and one price grade, or by performance and lines. All or none.',
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
    ...operatorOperations,
  ],
};
