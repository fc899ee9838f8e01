import { z } from 'zod';
import { EXAMPLE } from './examples';
import { asOf, myPageItem, timelineEntry } from './mypage';

const EXAMPLE_EVENT = {
  eventId: '0d4c1b1e-6f43-4f0e-8d7e-5f0d5f3c7a61',
  at: '2026-11-23T10:06:09.306Z',
  type: 'SeatsReserved',
  service: 'reservation',
  version: 1,
  correlationId: '7c0f1a9e-2b6d-4f58-9a3e-1d5c8b7e6f71',
  detail: { seats: 2, price: 300_000 },
};

/** One event, as operators see it. */
export const storyEvent = timelineEntry
  .extend({
    eventId: z.string(),
    /** Which one told it, such as `payment`. */
    service: z.string(),
    /** Counts the events of its aggregate. */
    version: z.int(),
    /** Of the request that it follows from; of no request, when a clock was the reason. */
    correlationId: z.string(),
  })
  .meta({ id: 'StoryEvent', examples: [EXAMPLE_EVENT] });
export type StoryEvent = z.infer<typeof storyEvent>;

/** `GET /api/admin/reservations/:id/story`: all that happened, in order of time. */
export const reservationStory = z
  .object({
    /** As its customer sees it; null, like the customer, while nobody has told that seats were reserved. */
    reservation: myPageItem.nullable(),
    customerId: z.string().nullable(),
    events: z.array(storyEvent),
    asOf,
  })
  .meta({
    id: 'ReservationStory',
    examples: [
      {
        reservation: (myPageItem.meta()?.examples as unknown[])[0],
        customerId: 'alice',
        events: [EXAMPLE_EVENT],
        asOf: '2026-11-23T10:06:10.218Z',
      },
    ],
  });
export type ReservationStory = z.infer<typeof reservationStory>;

/** `GET /api/admin/stories/:correlationId`: what followed from one request, in order of time. */
export const requestStory = z
  .object({
    events: z.array(storyEvent.extend({ reservationId: z.uuid() })),
    /** There are still more: an id that a client uses for everything has no end. */
    more: z.boolean(),
    asOf,
  })
  .meta({
    id: 'RequestStory',
    examples: [
      {
        events: [{ reservationId: EXAMPLE.reservationId, ...EXAMPLE_EVENT }],
        more: false,
        asOf: '2026-11-23T10:06:10.012Z',
      },
    ],
  });
export type RequestStory = z.infer<typeof requestStory>;

/** As the gateway gives and takes them. */
export const storyParams = z.object({ correlationId: z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/) });
