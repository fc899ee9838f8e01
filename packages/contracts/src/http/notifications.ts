import { z } from 'zod';
import { noticeChannel, noticeKind } from '../notification-events';
import { customerId, moment, seatCount, won } from '../values';
import { EXAMPLE } from './examples';

/** An item of `GET /api/notifications`, with its delivery log. */
export const notice = z
  .object({
    id: z.uuid(),
    reservationId: z.uuid(),
    kind: noticeKind,
    channel: noticeChannel,
    /** `skipped`: the customer has switched this channel off. */
    status: z.enum(['pending', 'sent', 'failed', 'skipped']),
    createdAt: moment,
    deliveries: z.array(
      z.object({
        at: moment,
        channel: noticeChannel,
        outcome: z.enum(['sent', 'failed']),
        error: z.string().nullable(),
      }),
    ),
  })
  .meta({
    id: 'Notice',
    examples: [
      {
        id: EXAMPLE.noticeId,
        reservationId: EXAMPLE.reservationId,
        kind: 'confirmed',
        channel: 'email',
        status: 'sent',
        createdAt: '2026-11-23T10:06:09.618Z',
        deliveries: [{ at: '2026-11-23T10:06:09.942Z', channel: 'email', outcome: 'sent', error: null }],
      },
    ],
  });
export type Notice = z.infer<typeof notice>;

/** How a customer wants to be told. With all channels off, notices stand on My page only. */
export const notificationPreferences = z
  .strictObject({
    language: z.enum(['ko', 'en']),
    channels: z.strictObject({ email: z.boolean(), chat: z.boolean() }),
  })
  .meta({
    id: 'NotificationPreferences',
    examples: [{ language: 'ko', channels: { email: true, chat: false } }],
  });
export type NotificationPreferences = z.infer<typeof notificationPreferences>;

/** The answer: with the channels that the operator has set up. */
export const customerPreferences = notificationPreferences
  .extend({ available: z.array(z.enum(['email', 'chat'])) })
  .meta({
    id: 'CustomerPreferences',
    examples: [{ language: 'ko', channels: { email: true, chat: false }, available: ['email', 'chat'] }],
  });
export type CustomerPreferences = z.infer<typeof customerPreferences>;

/** What the chat channel posts to the operator's adapter of a chat service, signed by Standard Webhooks: see docs/notifications.md. */
export const chatWebhook = z
  .object({
    type: z.templateLiteral(['notice.', noticeKind]),
    /** When the notice was made. */
    timestamp: moment,
    data: z.object({
      noticeId: z.uuid(),
      reservationId: z.uuid(),
      customerId,
      kind: noticeKind,
      language: z.enum(['ko', 'en']),
      /** Ready to be shown, in that language; `text` has several lines. */
      title: z.string(),
      text: z.string(),
      /** What the customer is most likely to want first. */
      links: z.array(z.object({ label: z.string(), url: z.url() })),
      // The same as data.
      musical: z.string(),
      startsAt: moment,
      venue: z.string(),
      lines: z.array(z.object({ grade: z.string(), seats: seatCount })),
      price: won,
      paymentDeadline: moment,
      refunded: won.optional(),
      reason: z.string().optional(),
    }),
  })
  .meta({ id: 'ChatWebhook' });
export type ChatWebhook = z.infer<typeof chatWebhook>;
