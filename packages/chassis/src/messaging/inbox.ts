import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { continueTrace, runInContext } from '../context';
import { PermanentError } from '../errors';
import { restAfter } from '../loop';
import { isPassingFailure } from '../postgres/failures';
import type { Store, Tx } from '../postgres/store';
import { messageSpan } from '../telemetry/messages';
import { inSpan, type Tracer } from '../telemetry/tracer';
import { together } from '../together';
import type { BatchOutcome, IncomingBatch, IncomingMessage } from './broker';
import { keepDeadLetter, openAggregates } from './dead-letters';
import { instantOf, type MessageReader, type Reading } from './reading';

export interface InboxOptions {
  store: Store;
  readers: Partial<Record<Topic, MessageReader>>;
  logger: Logger;
  /** Called after the commit with each event's topic and time. */
  applied?: (topic: Topic, time: string) => void;
  tracer?: Tracer | undefined;
}

export interface Inbox {
  /** The next offset this service has not applied yet. */
  position(topic: Topic, partition: number): Promise<number>;
  /**
   * Applies the first messages of a batch, exactly once, whatever was applied before, in one transaction with those of the batches that
   * come at the same time. Never throws: what may pass is answered with a pause, what can never succeed becomes a dead letter and its
   * aggregate's later events queue behind it.
   */
  apply(batch: IncomingBatch): Promise<BatchOutcome>;
  /** The store has forgotten what was applied here: it was put back, and this member is too far. */
  isAheadOfStore(): Promise<boolean>;
}

/** Another member has moved the offset: this one was fenced off, or saw a part of the batch twice. */
class OffsetMoved extends Error {}

interface Item {
  message: IncomingMessage;
  reading: Reading;
}

/** The first messages of a batch, as far as this version can read them; `newer` says of the next one why it cannot. */
interface Part {
  batch: IncomingBatch;
  items: Item[];
  newer?: Reading;
}

/** How a partition fails at one offset. Failures that may pass make the pauses longer, but prove nothing against the event. */
interface Trouble {
  offset: number;
  tries: number;
  unknown: number;
}

const MAX_IN_TRANSACTION = 200;
/** Longer keys and headers would not fit an index; none of ours comes near. */
const LONGEST = 255;
const NEWER_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 5_000;
/** An error of unknown kind gets some more tries before it is taken for one that can never pass. */
const TRIES_OF_UNKNOWN = 3;

export function createInbox({ store, readers, logger, applied = () => undefined, tracer }: InboxOptions): Inbox {
  const troubles = new Map<string, Trouble>();
  /** The next offsets as this member knows them: the store has to agree, or somebody has moved or put back what is there. */
  const nexts = new Map<string, number>();

  const troubleAt = ({ topic, partition, messages }: IncomingBatch): Trouble => {
    const known = troubles.get(nameOf({ topic, partition }));
    const { offset } = messages[0]!;
    return known?.offset === offset ? known : { offset, tries: 0, unknown: 0 };
  };

  const tryAgain = (batch: IncomingBatch, error: unknown, unknown = 0): BatchOutcome => {
    const { topic, partition } = batch;
    const before = troubleAt(batch);
    const trouble = { ...before, tries: before.tries + 1, unknown: before.unknown + unknown };
    troubles.set(nameOf(batch), trouble);
    const { offset, tries } = trouble;
    if (tries % 10 === 1) logger.warn({ err: error, topic, partition, offset, tries }, 'not applied, trying again');
    return { next: offset, pauseMs: Math.min(50 * 2 ** Math.min(tries, 10), MAX_PAUSE_MS) };
  };

  const position = async (topic: Topic, partition: number): Promise<number> => {
    const [row] = await store.query<{ next_offset: number }>(
      `INSERT INTO consumer_offset (topic, partition) VALUES ($1, $2)
       ON CONFLICT (topic, partition) DO UPDATE SET topic = excluded.topic RETURNING next_offset`,
      [topic, partition],
    );
    const next = Number(row?.next_offset);
    nexts.set(nameOf({ topic, partition }), next);
    return next;
  };

  /** The effects of some messages and the offsets behind them, in one transaction. */
  const applyTogether = async (parts: Part[]) => {
    await store.transact(async (tx) => {
      await moveOffsets(tx, parts, nexts);
      const fresh = await rememberIds(
        tx,
        parts.flatMap(({ items }) => items.map(idOf)),
      );
      const queuingIn = await queuingAggregates(tx, parts);
      for (const { batch, items } of parts) {
        const queuing = queuingIn.get(batch.topic)!;
        for (const item of items) {
          const { message, reading } = item;
          const id = idOf(item);
          if (reading.kind === 'ignored') continue;
          if (id !== undefined && !fresh.delete(id)) continue;
          if (queuing.has(message.key)) {
            await keepDeadLetter(tx, batch, message, 'waits behind an earlier event of its aggregate', true);
          } else if (reading.kind === 'event') {
            await inSpan(
              processSpan(batch, message),
              () => reading.apply(tx),
              continueTrace(reading.correlationId, reading.traceparent),
              tracer,
            );
          } else {
            await keepDeadLetter(tx, batch, message, reading.reason, false);
            queuing.add(message.key);
          }
        }
      }
    });
    for (const { batch, items } of parts) nexts.set(nameOf(batch), items.at(-1)!.message.offset + 1);
  };

  /** What could not be applied with others is tried with half of them, until what fails stands alone. */
  const applySome = async (batch: IncomingBatch, items: Item[]): Promise<BatchOutcome> => {
    // What stood alone before does so at once.
    const some = troubleAt(batch).unknown > 0 ? items.slice(0, 1) : items;
    try {
      await applyTogether([{ batch, items: some }]);
    } catch (error) {
      if (error instanceof OffsetMoved || isPassingFailure(error)) throw error;
      if (some.length > 1) return applySome(batch, some.slice(0, some.length / 2));
      return decideAlone(batch, some[0]!, error);
    }
    return done({ batch, items: some });
  };

  const done = ({ batch, items }: Part): BatchOutcome => {
    for (const item of items) {
      logApplied(logger, batch, item);
      if (item.reading.kind === 'event') applied(batch.topic, item.reading.time);
    }
    return { next: items.at(-1)!.message.offset + 1 };
  };

  const decideAlone = async (batch: IncomingBatch, { message }: Item, error: unknown): Promise<BatchOutcome> => {
    const { topic, partition } = batch;
    const tries = troubleAt(batch).unknown + 1;
    if (!(error instanceof PermanentError) && tries < TRIES_OF_UNKNOWN) return tryAgain(batch, error, 1);
    const at = { topic, partition, offset: message.offset, event: message.headers.ce_type, subject: message.key };
    logger.error({ err: error, ...at }, 'event can never be applied: dead letter');
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await applyTogether([{ batch, items: [{ message, reading: { kind: 'invalid', reason } }] }]);
    return { next: message.offset + 1 };
  };

  const readFirst = (batch: IncomingBatch, atMost: number): Part => {
    const read = readers[batch.topic] ?? (() => ({ kind: 'ignored' }) as const);
    const messages = batch.messages.slice(0, atMost).map(storable);
    const items = messages.map((message) => ({ message, reading: read(message) }));
    const newer = items.findIndex(({ reading }) => reading.kind === 'newer');
    return newer < 0 ? { batch, items } : { batch, items: items.slice(0, newer), newer: items[newer]!.reading };
  };

  const pauseAtNewer = ({ batch: { topic, partition, messages }, newer }: Part): BatchOutcome => {
    const { offset } = messages[0]!;
    logger.error({ topic, partition, offset, ...newer }, 'newer schema: partition paused');
    return { next: offset, pauseMs: NEWER_PAUSE_MS };
  };

  // A transaction for each partition would mostly have one message: at twelve partitions that is what a service spends its time on.
  const applyFirst = together<IncomingBatch, BatchOutcome>(
    // What failed among others stands alone from then on, so that it holds up none of them.
    (batch) => (troubleAt(batch).tries > 0 ? nameOf(batch) : 'all partitions'),
    async (batches) => {
      const parts = batches.map((batch) => readFirst(batch, Math.ceil(MAX_IN_TRANSACTION / batches.length)));
      const readable = parts.filter(({ items }) => items.length > 0);
      const [alone] = readable;
      const outcome = readable.length === 1 ? await applySome(alone!.batch, alone!.items) : undefined;
      if (readable.length > 1) await applyTogether(readable);
      return parts.map((part) => (part.items.length === 0 ? pauseAtNewer(part) : (outcome ?? done(part))));
    },
    { restMs: restAfter },
  );

  return {
    position,
    isAheadOfStore: async () => {
      const known = new Map(nexts);
      const rows = await store.query<{ name: string; next: number }>(
        `SELECT topic || '/' || partition AS name, next_offset AS next FROM consumer_offset`,
      );
      return rows.some(({ name, next }) => Number(next) < (known.get(name) ?? 0));
    },
    apply: async (batch) => {
      const { topic, partition } = batch;
      try {
        return await applyFirst(batch);
      } catch (error) {
        if (!(error instanceof OffsetMoved)) return tryAgain(batch, error);
      }
      try {
        const next = await position(topic, partition);
        logger.info({ topic, partition, next }, 'offset was moved by another member');
        return { next };
      } catch (error) {
        return tryAgain(batch, error);
      }
    },
  };
}

/**
 * A message as a database can keep it. PostgreSQL refuses NUL and index rows of some kilobytes, and what cannot even become a
 * dead letter would block its partition for good.
 */
function storable(message: IncomingMessage): IncomingMessage {
  const fit = (text: string) => text.slice(0, LONGEST).replaceAll('\0', '\uFFFD');
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, fit(value)]));
  return { ...message, key: fit(message.key), headers };
}

/** Throws OffsetMoved, which undoes all, when one of them is not where this member knows it to be. */
async function moveOffsets(tx: Tx, parts: Part[], nexts: Map<string, number>): Promise<void> {
  const params: unknown[] = [];
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const moves = parts.map(({ batch, items }) => {
    const last = items.at(-1)!.message;
    const here = `topic = ${bind(batch.topic)} AND partition = ${bind(batch.partition)}`;
    return {
      next: `WHEN ${here} THEN ${bind(last.offset + 1)}`,
      time: `WHEN ${here} THEN coalesce(${bind(appliedTime(last))}, applied_time)`,
      where: `${here} AND next_offset <= ${bind(items[0]!.message.offset)}
        AND next_offset = coalesce(${bind(nexts.get(nameOf(batch)) ?? null)}, next_offset)`,
    };
  });
  const moved = await tx.query(
    `UPDATE consumer_offset SET
       next_offset = CASE ${moves.map(({ next }) => next).join(' ')} ELSE next_offset END,
       applied_time = CASE ${moves.map(({ time }) => time).join(' ')} ELSE applied_time END
     WHERE ${moves.map(({ where }) => `(${where})`).join(' OR ')} RETURNING 1`,
    params,
  );
  if (moved.length < parts.length) throw new OffsetMoved();
}

const nameOf = ({ topic, partition }: Pick<IncomingBatch, 'topic' | 'partition'>): string => `${topic}/${partition}`;

/** Topic -> its aggregates among these whose events queue behind a dead letter. */
async function queuingAggregates(tx: Tx, parts: Part[]): Promise<Map<Topic, Set<string>>> {
  const queuing = new Map<Topic, Set<string>>();
  for (const topic of new Set(parts.map(({ batch }) => batch.topic))) {
    const ofTopic = parts.filter(({ batch }) => batch.topic === topic);
    const keys = ofTopic.flatMap(({ items }) => items.map(({ message }) => message.key));
    queuing.set(topic, await openAggregates(tx, topic, keys));
  }
  return queuing;
}

/** When it happened; never in the future, or one wrong clock would make the service believe that it has caught up. */
function appliedTime({ headers }: IncomingMessage): string | null {
  const now = new Date().toISOString();
  const time = instantOf(headers.ce_time);
  return time === undefined ? null : time < now ? time : now;
}

const idOf = ({ message, reading }: Item): string | undefined => {
  if (reading.kind === 'ignored') return undefined;
  return reading.kind === 'event' ? reading.id : message.headers.ce_id;
};

/** Guards against the relay's second send of an event. Gives the ids that are new. */
async function rememberIds(tx: Tx, ids: (string | undefined)[]): Promise<Set<string>> {
  const distinct = [...new Set(ids)].filter((id) => id !== undefined);
  if (distinct.length === 0) return new Set();
  const values = distinct.map((_, index) => `($${index + 2}, $1)`).join(', ');
  const rows = await tx.query<{ event_id: string }>(
    `INSERT INTO inbox (event_id, applied_at) VALUES ${values} ON CONFLICT DO NOTHING RETURNING event_id`,
    [new Date().toISOString(), ...distinct],
  );
  return new Set(rows.map((row) => row.event_id));
}

const processSpan = ({ topic, partition }: Pick<IncomingBatch, 'topic' | 'partition'>, message: IncomingMessage) =>
  messageSpan('process', topic, message.headers, {
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': message.offset,
  });

function logApplied(logger: Logger, { topic, partition }: IncomingBatch, { message, reading }: Item): void {
  if (reading.kind !== 'event') return;
  const { type, correlationId, traceparent } = reading;
  runInContext({ correlationId, traceparent }, () =>
    logger.info({ event: type, subject: message.key, topic, partition, offset: message.offset }, 'event applied'),
  );
}
