import { z } from 'zod';
import { line, moment } from '../values';
import { EXAMPLE } from './examples';
import { page } from './paging';

// What operators see and do: `/api/admin/...`, for the role admin. Each service answers for itself; the gateway gathers.

/** Something past its time. */
export const attentionItem = z
  .object({
    service: z.string(),
    kind: z.string(),
    /** What it is about: mostly a reservation's id. With the kind it names the item. */
    subject: z.string(),
    since: moment,
    /** One sentence for people. */
    what: z.string(),
    lastError: z.string().nullable(),
    /** What can be done about it. */
    actions: z.array(z.string()),
  })
  .meta({
    id: 'AttentionItem',
    examples: [
      {
        service: 'payment',
        kind: 'refund',
        subject: EXAMPLE.reservationId,
        since: '2026-11-23T10:21:10.218Z',
        what: 'The reservation is cancelled, and ₩300,000 are not refunded (3 answers in a row were unclear).',
        lastError: 'answered 503',
        actions: ['retry'],
      },
    ],
  });
export type AttentionItem = z.infer<typeof attentionItem>;

/** An event that was set aside, or that waits behind one of its aggregate. */
export const deadLetter = z
  .object({
    service: z.string(),
    /** Names the message: the same in every service that has set it aside. */
    id: z.string(),
    topic: z.string(),
    aggregate: z.string(),
    type: z.string().nullable(),
    reason: z.string(),
    /** Names the group of those that failed alike. */
    cause: z.string(),
    queued: z.boolean(),
    since: moment,
  })
  .meta({
    id: 'DeadLetter',
    examples: [
      {
        service: 'notification',
        id: 'reservation.events-3-17',
        topic: 'reservation.events',
        aggregate: EXAMPLE.reservationId,
        type: 'ReservationConfirmed',
        reason: 'price: Invalid input: expected number, received undefined',
        cause: '5922b8a85d06',
        queued: false,
        since: '2026-11-23T10:06:09.618Z',
      },
    ],
  });
export type DeadLetter = z.infer<typeof deadLetter>;

/** Dead letters that failed alike. */
export const deadLetterCause = z
  .object({
    service: z.string(),
    cause: z.string(),
    type: z.string().nullable(),
    /** Of one of them. */
    reason: z.string(),
    /** How many aggregates wait for it. */
    aggregates: z.int(),
    /** How many events, with those that wait behind. */
    events: z.int(),
    since: moment,
  })
  .meta({
    id: 'DeadLetterCause',
    examples: [
      {
        service: 'notification',
        cause: '5922b8a85d06',
        type: 'ReservationConfirmed',
        reason: 'price: Invalid input: expected number, received undefined',
        aggregates: 1,
        events: 2,
        since: '2026-11-23T10:06:09.618Z',
      },
    ],
  });
export type DeadLetterCause = z.infer<typeof deadLetterCause>;

/** Something that an operator did, or was refused. */
export const operatorAction = z
  .object({
    service: z.string(),
    id: z.uuid(),
    at: moment,
    operator: z.string(),
    action: z.string(),
    kind: z.string(),
    subject: z.string(),
    reason: z.string(),
    outcome: z.string(),
  })
  .meta({
    id: 'OperatorAction',
    examples: [
      {
        service: 'payment',
        id: '8d0c6f3b-7c7e-4e55-9a53-2f4f4c1f7a61',
        at: '2026-11-23T11:02:41.007Z',
        operator: 'admin',
        action: 'retry',
        kind: 'refund',
        subject: EXAMPLE.reservationId,
        reason: 'The provider is up again',
        outcome: 'due now',
      },
    ],
  });
export type OperatorAction = z.infer<typeof operatorAction>;

/** What every action needs: why it is done, for those who read the list of actions later. */
export const actionRequest = z
  .strictObject({
    reason: line(500),
  })
  .meta({ id: 'ActionRequest', examples: [{ reason: 'The provider is up again' }] });

/** The answer to an action on an attention item. */
export const actionDone = z
  .object({ kind: z.string(), subject: z.string(), action: z.string(), outcome: z.string() })
  .meta({
    id: 'ActionDone',
    examples: [{ kind: 'refund', subject: EXAMPLE.reservationId, action: 'retry', outcome: 'due now' }],
  });
export type ActionDone = z.infer<typeof actionDone>;

/** What a replay came to in one service. What failed is as it was. */
export const replayed = z
  .object({
    service: z.string(),
    /** Events that were applied. */
    replayed: z.int(),
    failed: z.array(z.object({ topic: z.string(), aggregate: z.string(), why: z.string() })),
  })
  .meta({
    id: 'Replayed',
    examples: [
      {
        service: 'notification',
        replayed: 2,
        failed: [
          {
            topic: 'reservation.events',
            aggregate: EXAMPLE.reservationId,
            why: 'price: Invalid input: expected number, received undefined',
          },
        ],
      },
    ],
  });
export type Replayed = z.infer<typeof replayed>;

/** What a discard came to in one service. */
export const discarded = z
  .object({ service: z.string(), discarded: z.int() })
  .meta({ id: 'Discarded', examples: [{ service: 'notification', discarded: 1 }] });
export type Discarded = z.infer<typeof discarded>;

/** Services, or single replicas, that could not be asked: what they have is not in the answer. */
const unreachable = z.array(z.string()).meta({ examples: [[]] });
const whole = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

export const attentionPage = page(attentionItem);
export const actionPage = page(operatorAction);
export const deadLetterPage = page(deadLetter);
export const deadLetterCauses = whole(deadLetterCause);

export const gatheredAttention = attentionPage.extend({ unreachable });
export const gatheredActions = actionPage.extend({ unreachable });
export const gatheredDeadLetters = deadLetterPage.extend({ unreachable });
export const gatheredCauses = deadLetterCauses.extend({ unreachable });
export const gatheredReplays = whole(replayed).extend({ unreachable });
export const gatheredDiscards = whole(discarded).extend({ unreachable });
