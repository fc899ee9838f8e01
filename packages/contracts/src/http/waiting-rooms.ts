import { z } from 'zod';
import { EXAMPLE } from './examples';

/** Who says whether a performance's waiting room is open: an admin, or the load. */
export const waitingRoomMode = z.enum(['off', 'on', 'automatic']);
export type WaitingRoomMode = z.infer<typeof waitingRoomMode>;

/** How a customer stands before one performance: what joining answers, and what is asked again while one waits. */
export const waitingPass = z
  .object({
    performanceId: z.uuid(),
    /** Whether there is a queue now. While there is none everybody may reserve. */
    open: z.boolean(),
    /** Whether this customer may reserve now. */
    admitted: z.boolean(),
    /** The place in this queue, from 1, which never changes; null for who has not joined it. */
    position: z.int().min(1).nullable(),
    /** How many are to be admitted before. */
    ahead: z.int().min(0),
    /** At the present rate. */
    expectedWaitSeconds: z.int().min(0),
    /** When to ask again: sooner tells nothing new. */
    retryAfterSeconds: z.int().min(1),
  })
  .meta({
    id: 'WaitingPass',
    examples: [
      {
        performanceId: EXAMPLE.performanceId,
        open: true,
        admitted: false,
        position: 4_212,
        ahead: 1_840,
        expectedWaitSeconds: 23,
        retryAfterSeconds: 23,
      },
    ],
  });
export type WaitingPass = z.infer<typeof waitingPass>;

/** `PUT /api/admin/waiting-rooms/:id` */
export const switchWaitingRoom = z
  .strictObject({ mode: waitingRoomMode })
  .meta({ id: 'SwitchWaitingRoom', examples: [{ mode: 'automatic' }] });

const count = z.int().min(0);

/** The waiting room of one performance as an admin sees it: `joined` = `admitted` + `waiting`. */
export const waitingRoom = z
  .object({
    performanceId: z.uuid(),
    mode: waitingRoomMode,
    open: z.boolean(),
    /** Since it opened. */
    joined: count,
    admitted: count,
    waiting: count,
    /** How many are admitted a second now, if so many wait; 0 while it is closed. */
    ratePerSecond: z.number().min(0),
  })
  .meta({
    id: 'WaitingRoom',
    examples: [
      {
        performanceId: EXAMPLE.performanceId,
        mode: 'automatic',
        open: true,
        joined: 20_000,
        admitted: 2_371,
        waiting: 17_629,
        ratePerSecond: 82.5,
      },
    ],
  });
export type WaitingRoom = z.infer<typeof waitingRoom>;

/** Query of `GET /api/admin/waiting-rooms`: of which musical. */
export const waitingRoomsQuery = z.object({ musicalId: z.uuid() });

/** One for each performance, in the order in which they were registered. */
export const waitingRooms = z.object({ items: z.array(waitingRoom) });
