import { z } from 'zod';
import { noticeKind } from '../notification-events';
import { moment, won } from '../values';
import { paymentStatus } from './payments';
import { reservation } from './reservations';

/** One step of a reservation's story: an event's type and time, and what of its data the customer may want to read. */
export const timelineEntry = z.object({ at: moment, type: z.string(), detail: z.record(z.string(), z.unknown()) });
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** An item of `GET /api/mypage`: newest reservation first, timeline in order of time. */
export const myPageItem = reservation.extend({
  payment: z.object({ status: paymentStatus, refunded: won, url: z.url().nullable(), reason: z.string().nullable() }),
  notifications: z.array(z.object({ kind: noticeKind, status: z.enum(['sent', 'failed']), at: moment })),
  timeline: z.array(timelineEntry),
});
export type MyPageItem = z.infer<typeof myPageItem>;
