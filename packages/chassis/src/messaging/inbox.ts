import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { continueTrace, runInContext } from '../context';
import { PermanentError } from '../errors';
import { isPassingFailure } from '../postgres/failures';
import type { Store, Tx } from '../postgres/store';
import { messageSpan } from '../telemetry/messages';
import { inSpan, type Tracer } from '../telemetry/tracer';
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
   * Applies the first messages of a batch, at most one transaction of them, exactly once, whatever was applied before. Never throws: what
   * may pass is answered with a pause, what can never succeed becomes a dead letter and its aggregate's later events queue behind it.
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

/** How a partition fails at one offset. Failures that may pass make the pauses longer, but prove nothing against the event. */
interface Trouble {
  offset: number;
  tries: number;
  unknown: number;
}

const MAX_IN_TRANSACTION = 100;
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
    const known = troubles.get(`${topic}/${partition}`);
    const { offset } = messages[0]!;
    return known?.offset === offset ? known : { offset, tries: 0, unknown: 0 };
  };

  const tryAgain = (batch: IncomingBatch, error: unknown, unknown = 0): BatchOutcome => {
    const { topic, partition } = batch;
    const before = troubleAt(batch);
    const trouble = { ...before, tries: before.tries + 1, unknown: before.unknown + unknown };
    troubles.set(`${topic}/${partition}`, trouble);
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
    nexts.set(`${topic}/${partition}`, next);
    return next;
  };

  /** The effects of some messages and the offset behind them, in one transaction. */
  const applyTogether = async (batch: IncomingBatch, items: Item[]) => {
    const name = `${batch.topic}/${batch.partition}`;
    await store.transact(async (tx) => {
      await moveOffset(tx, batch, items, nexts.get(name));
      const fresh = await rememberIds(tx, items.map(idOf));
      const queuing = await openAggregates(
        tx,
        batch.topic,
        items.map(({ message }) => message.key),
      );
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
    });
    nexts.set(name, items.at(-1)!.message.offset + 1);
  };

  /** What could not be applied with others is tried with half of them, until what fails stands alone. */
  const applySome = async (batch: IncomingBatch, items: Item[]): Promise<BatchOutcome> => {
    // What stood alone before does so at once.
    const some = troubleAt(batch).unknown > 0 ? items.slice(0, 1) : items;
    try {
      await applyTogether(batch, some);
    } catch (error) {
      if (error instanceof OffsetMoved || isPassingFailure(error)) throw error;
      if (some.length > 1) return applySome(batch, some.slice(0, some.length / 2));
      return decideAlone(batch, some[0]!, error);
    }
    for (const item of some) {
      logApplied(logger, batch, item);
      if (item.reading.kind === 'event') applied(batch.topic, item.reading.time);
    }
    return { next: some.at(-1)!.message.offset + 1 };
  };

  const decideAlone = async (batch: IncomingBatch, { message }: Item, error: unknown): Promise<BatchOutcome> => {
    const { topic, partition } = batch;
    const tries = troubleAt(batch).unknown + 1;
    if (!(error instanceof PermanentError) && tries < TRIES_OF_UNKNOWN) return tryAgain(batch, error, 1);
    const at = { topic, partition, offset: message.offset, event: message.headers.ce_type, subject: message.key };
    logger.error({ err: error, ...at }, 'event can never be applied: dead letter');
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await applyTogether(batch, [{ message, reading: { kind: 'invalid', reason } }]);
    return { next: message.offset + 1 };
  };

  const applyFirst = async (batch: IncomingBatch): Promise<BatchOutcome> => {
    const read = readers[batch.topic] ?? (() => ({ kind: 'ignored' }) as const);
    const messages = batch.messages.slice(0, MAX_IN_TRANSACTION).map(storable);
    const items = messages.map((message) => ({ message, reading: read(message) }));
    const newer = items.findIndex(({ reading }) => reading.kind === 'newer');
    if (newer !== 0) return applySome(batch, newer < 0 ? items : items.slice(0, newer));

    const { message, reading } = items[0]!;
    const { topic, partition } = batch;
    logger.error({ topic, partition, offset: message.offset, ...reading }, 'newer schema: partition paused');
    return { next: message.offset, pauseMs: NEWER_PAUSE_MS };
  };

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

async function moveOffset(
  tx: Tx,
  { topic, partition }: IncomingBatch,
  items: Item[],
  known: number | undefined,
): Promise<void> {
  const first = items[0]!.message;
  const last = items.at(-1)!.message;
  const moved = await tx.query(
    `UPDATE consumer_offset SET next_offset = $3, applied_time = coalesce($4, applied_time)
     WHERE topic = $1 AND partition = $2 AND next_offset <= $5 AND next_offset = coalesce($6, next_offset)
     RETURNING next_offset`,
    [topic, partition, last.offset + 1, appliedTime(last), first.offset, known ?? null],
  );
  if (moved.length === 0) throw new OffsetMoved();
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
