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
    /** While it is deferred: when it is likely to be taken up, by itself. */
    expectedAt: moment.nullable(),
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
        expectedAt: null,
        updatedAt: '2026-11-23T10:06:10.218Z',
      },
    ],
  });
export type Payment = z.infer<typeof payment>;

export const webhookProvider = z
  .string()
  .min(1)
  .meta({ examples: ['simulator'] });
/** What the provider sends is its adapter's to read, so that any JSON object is allowed. */
export const webhookBody = z.looseObject({}).meta({
  examples: [
    {
      type: 'charge.updated',
      timestamp: '2026-11-23T10:06:10.112Z',
      data: { key: 'e1b7c5d0-2a4f-4c7d-9b11-6c0f3d8a9e71', status: 'approved' },
    },
  ],
});
export const webhookHeaders = z.object({
  'webhook-id': z.string().min(1).max(255),
  /** Seconds since 1970. */
  'webhook-timestamp': z.string().regex(/^\d{1,12}$/),
  /** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several, separated by spaces, while a key is changed. */
  'webhook-signature': z.string().min(1),
});
