import { z } from 'zod';
import { line, moment } from '../values';
import { page } from './paging';

// What operators see and do: `/api/admin/...`, for the role admin. Each service answers for itself; the gateway gathers.

/** Something past its time. */
export const attentionItem = z.object({
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
});
export type AttentionItem = z.infer<typeof attentionItem>;

/** An event that was set aside, or that waits behind one of its aggregate. */
export const deadLetter = z.object({
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
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** Dead letters that failed alike. */
export const deadLetterCause = z.object({
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
});
export type DeadLetterCause = z.infer<typeof deadLetterCause>;

/** Something that an operator did, or was refused. */
export const operatorAction = z.object({
  service: z.string(),
  id: z.uuid(),
  at: moment,
  operator: z.string(),
  action: z.string(),
  kind: z.string(),
  subject: z.string(),
  reason: z.string(),
  outcome: z.string(),
});
export type OperatorAction = z.infer<typeof operatorAction>;

/** What every action needs: why it is done, for those who read the list of actions later. */
export const actionRequest = z.strictObject({
  reason: line(500),
});

/** The answer to an action on an attention item. */
export const actionDone = z.object({ kind: z.string(), subject: z.string(), action: z.string(), outcome: z.string() });
export type ActionDone = z.infer<typeof actionDone>;

/** What a replay came to in one service. What failed is as it was. */
export const replayed = z.object({
  service: z.string(),
  /** Events that were applied. */
  replayed: z.int(),
  failed: z.array(z.object({ topic: z.string(), aggregate: z.string(), why: z.string() })),
});
export type Replayed = z.infer<typeof replayed>;

/** What a discard came to in one service. */
export const discarded = z.object({ service: z.string(), discarded: z.int() });
export type Discarded = z.infer<typeof discarded>;

/** Services, or single replicas, that could not be asked: what they have is not in the answer. */
const unreachable = z.array(z.string());
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
