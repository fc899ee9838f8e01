import { z } from 'zod';
import { EXAMPLE } from './examples';
import { moment, won } from '../values';

/** What the customer sees of a payment. */
export const paymentStatus = z.enum(['requested', 'action_required', 'deferred', 'declined', 'approved', 'cancelled']);
export type PaymentStatus = z.infer<typeof paymentStatus>;

/** An item of `GET /api/payments`. Amounts in KRW. */
export const payment = z
  .object({
    reservationId: z.uuid(),
    status: paymentStatus,
    price: won,
    captured: won,
    refunded: won,
    url: z.url().nullable(),
    updatedAt: moment,
  })
  .meta({
    id: 'Payment',
    examples: [
      {
        reservationId: EXAMPLE.reservationId,
        status: 'approved',
        price: 300_000,
        captured: 300_000,
        refunded: 0,
        url: null,
        updatedAt: '2026-11-23T10:06:10.218Z',
      },
    ],
  });
export type Payment = z.infer<typeof payment>;
