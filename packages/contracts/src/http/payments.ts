import { z } from 'zod';
import { moment, won } from '../values';

/** What the customer sees of a payment. */
export const paymentStatus = z.enum(['requested', 'action_required', 'deferred', 'declined', 'approved', 'cancelled']);
export type PaymentStatus = z.infer<typeof paymentStatus>;

/** An item of `GET /api/payments`. Amounts in KRW. */
export const payment = z.object({
  reservationId: z.uuid(),
  status: paymentStatus,
  price: won,
  captured: won,
  refunded: won,
  url: z.url().nullable(),
  updatedAt: moment,
});
export type Payment = z.infer<typeof payment>;
