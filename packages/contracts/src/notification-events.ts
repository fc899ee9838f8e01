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

const notice = {
  noticeId: z.uuid(),
  reservationId: z.uuid(),
  customerId,
  kind: noticeKind,
  channel: z.enum(['email']),
  /** Version of the event that the notice tells: with reservation and kind it names what the customer has heard. */
  tells: z.int().min(1).optional(),
};

/** Aggregate of both: the notice. */
export const notificationEvents = {
  NotificationSent: define('notification.events', notice),
  NotificationFailed: define('notification.events', { ...notice, reason: z.string() }),
};
