import { z } from 'zod';
import { define } from './definition';
import { customerId } from './values';

/** What a notice tells: the customer hears of each once. */
export const noticeKind = z.enum([
  'confirmed',
  'deferred',
  'declined',
  'action_required',
  'cancelled',
  'refunded',
  'expired',
]);
export type NoticeKind = z.infer<typeof noticeKind>;

/**
 * By what a customer is told. `mypage`: the customer has switched all others off, so that the notice is read on My page only,
 * and there it stands.
 */
export const noticeChannel = z.enum(['email', 'chat', 'mypage']);
export type NoticeChannel = z.infer<typeof noticeChannel>;

const notice = {
  noticeId: z.uuid(),
  reservationId: z.uuid(),
  customerId,
  kind: noticeKind,
  channel: noticeChannel,
  /** Version of the event that the notice tells: with reservation and kind it names what the customer has heard. */
  tells: z.int().min(1).optional(),
};

/** Aggregate of both: the notice, which each channel has its own of. Version 1 knew no channel but `email`. */
export const notificationEvents = {
  NotificationSent: define('notification.events', 'The customer was told, by this channel', notice, 2),
  NotificationFailed: define(
    'notification.events',
    'Telling the customer by this channel was given up',
    { ...notice, reason: z.string() },
    2,
  ),
};
