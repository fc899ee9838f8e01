import { z } from 'zod';
import { noticeKind } from '../notification-events';
import { moment, won } from '../values';
import { EXAMPLE_RESERVATION } from './examples';
import { page } from './paging';
import { paymentStatus } from './payments';
import { reservation } from './reservations';

/** One step of a reservation's story: an event's type and time, and what of its data the customer may want to read. */
export const timelineEntry = z.object({ at: moment, type: z.string(), detail: z.record(z.string(), z.unknown()) });
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** An item of `GET /api/mypage`: newest reservation first, timeline in order of time. */
export const myPageItem = reservation
  .extend({
    payment: z.object({
      status: paymentStatus,
      refunded: won,
      url: z.url().nullable(),
      reason: z.string().nullable(),
      /** While it is deferred: when it is likely to be taken up, by itself. */
      expectedAt: moment.nullable(),
    }),
    notifications: z.array(z.object({ kind: noticeKind, status: z.enum(['sent', 'failed']), at: moment })),
    timeline: z.array(timelineEntry),
  })
  .meta({
    id: 'MyPageItem',
    examples: [
      {
        ...EXAMPLE_RESERVATION,
        status: 'confirmed',
        version: 2,
        payment: { status: 'approved', refunded: 0, url: null, reason: null, expectedAt: null },
        notifications: [{ kind: 'confirmed', status: 'sent', at: '2026-11-23T10:06:09.942Z' }],
        timeline: [{ at: '2026-11-23T10:06:09.306Z', type: 'SeatsReserved', detail: { seats: 2, price: 300_000 } }],
      },
    ],
  });
export type MyPageItem = z.infer<typeof myPageItem>;

/** Everything that had happened by then is in the answer; null while that is not known. */
export const asOf = moment.nullable().meta({ examples: ['2026-11-23T10:06:10.218Z'] });

/** What comes on `GET /api/mypage/stream`: name of the event -> its data. */
export const myPageEvents = {
  /** First on every connect: what `GET /api/mypage` answers then. */
  snapshot: page(myPageItem).extend({ asOf }),
  /** A reservation as it is now, after something happened to it. */
  reservation: z.object({ item: myPageItem, asOf }),
};
export type MyPageSnapshot = z.infer<typeof myPageEvents.snapshot>;
export type MyPageChange = z.infer<typeof myPageEvents.reservation>;
