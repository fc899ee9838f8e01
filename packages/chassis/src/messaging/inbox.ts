import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { continueTrace, runInContext } from '../context';
import { isPassingFailure } from '../postgres/failures';
import type { Store, Tx } from '../postgres/store';
import type { BatchOutcome, IncomingBatch, IncomingMessage } from './broker';
import { keepDeadLetter, openAggregates } from './dead-letters';
import type { MessageReader, Reading } from './reading';

export interface InboxOptions {
  store: Store;
  readers: Partial<Record<Topic, MessageReader>>;
  logger: Logger;
}

export interface Inbox {
  /** The next offset this service has not applied yet. */
  position(topic: Topic, partition: number): Promise<number>;
  /**
   * Applies a batch exactly once, whatever was applied before. Never throws: what may pass is answered with a pause, what can
   * never succeed becomes a dead letter and its aggregate's later events queue behind it.
   */
  apply(batch: IncomingBatch): Promise<BatchOutcome>;
}

/** Another member has moved the offset: this one was fenced off, or saw a part of the batch twice. */
class OffsetMoved extends Error {}

const MAX_IN_TRANSACTION = 100;
const NEWER_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 5_000;
/** An error of unknown kind gets some more tries before it is taken for one that can never pass. */
const TRIES_OF_UNKNOWN = 3;

export function createInbox({ store, readers, logger }: InboxOptions): Inbox {
  const failures = new Map<string, number>();

  const position = async (topic: Topic, partition: number): Promise<number> => {
    const [row] = await store.query<{ next_offset: number }>(
      `INSERT INTO consumer_offset (topic, partition) VALUES ($1, $2)
       ON CONFLICT (topic, partition) DO UPDATE SET topic = excluded.topic RETURNING next_offset`,
      [topic, partition],
    );
    return Number(row?.next_offset);
  };

  /** The effects of some messages and the offset behind them, in one transaction. */
  const applyTogether = async (batch: IncomingBatch, messages: IncomingMessage[], readings: Reading[]) => {
    const last = messages.at(-1)!;
    await store.transact(async (tx) => {
      await moveOffset(tx, batch, messages[0]!.offset, last);
      const ids = messages.map((message, index) => idOf(message, readings[index]!));
      const fresh = await rememberIds(tx, ids);
      const queuing = await openAggregates(
        tx,
        batch.topic,
        messages.map((message) => message.key),
      );
      for (const [index, message] of messages.entries()) {
        const reading = readings[index]!;
        const id = ids[index];
        if (reading.kind === 'ignored') continue;
        if (id !== undefined && !fresh.delete(id)) continue;
        if (queuing.has(message.key)) {
          await keepDeadLetter(tx, batch, message, 'waits behind an earlier event of its aggregate', true);
        } else if (reading.kind === 'event') {
          await runInContext(continueTrace(reading.correlationId, reading.traceparent), () => reading.apply(tx));
        } else {
          await keepDeadLetter(tx, batch, message, reading.reason, false);
          queuing.add(message.key);
        }
      }
    });
  };

  const applyOne = async (batch: IncomingBatch, message: IncomingMessage, reading: Reading): Promise<BatchOutcome> => {
    const at = `${batch.topic}/${batch.partition}@${message.offset}`;
    try {
      await applyTogether(batch, [message], [reading]);
    } catch (error) {
      if (error instanceof OffsetMoved) throw error;
      const tries = (failures.get(at) ?? 0) + 1;
      failures.set(at, tries);
      if (isPassingFailure(error) || tries < TRIES_OF_UNKNOWN) {
        logger.warn({ err: error, at, tries }, 'event could not be applied, trying again');
        return { next: message.offset, pauseMs: Math.min(50 * 2 ** Math.min(tries, 10), MAX_PAUSE_MS) };
      }
      logger.error({ err: error, at, type: message.headers.ce_type }, 'event can never be applied: dead letter');
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      await applyTogether(batch, [message], [{ kind: 'invalid', reason }]);
    }
    failures.delete(at);
    return { next: message.offset + 1 };
  };

  const applyMany = async (batch: IncomingBatch): Promise<BatchOutcome> => {
    const readings = batch.messages.map((message) => readers[batch.topic]?.(message) ?? ({ kind: 'ignored' } as const));
    let next = batch.messages[0]!.offset;
    for (let start = 0; start < batch.messages.length; start += MAX_IN_TRANSACTION) {
      const messages = batch.messages.slice(start, start + MAX_IN_TRANSACTION);
      const read = readings.slice(start, start + MAX_IN_TRANSACTION);
      const newer = read.findIndex((reading) => reading.kind === 'newer');
      const known = newer < 0 ? messages : messages.slice(0, newer);
      if (known.length > 1 && (await succeeds(() => applyTogether(batch, known, read.slice(0, known.length))))) {
        next = known.at(-1)!.offset + 1;
      } else {
        // One of them fails: one by one, each gets its own verdict.
        for (const [index, message] of known.entries()) {
          const outcome = await applyOne(batch, message, read[index]!);
          if (outcome.pauseMs !== undefined) return outcome;
          next = outcome.next;
        }
      }
      for (const [index, message] of known.entries()) logApplied(logger, batch, message, read[index]!);
      const unknown = read[newer];
      if (unknown?.kind === 'newer') {
        logger.error(
          { topic: batch.topic, partition: batch.partition, reason: unknown.reason },
          'newer schema: partition paused',
        );
        return { next: messages[newer]!.offset, pauseMs: NEWER_PAUSE_MS };
      }
    }
    return { next };
  };

  return {
    position,
    apply: async (batch) => {
      const first = batch.messages[0];
      if (!first) throw new Error('an empty batch');
      try {
        return await applyMany(batch);
      } catch (error) {
        if (error instanceof OffsetMoved) {
          const next = await position(batch.topic, batch.partition).catch(() => first.offset);
          logger.info({ topic: batch.topic, partition: batch.partition, next }, 'offset was moved by another member');
          return next === first.offset ? { next, pauseMs: 200 } : { next };
        }
        logger.warn(
          { err: error, topic: batch.topic, partition: batch.partition },
          'batch could not be applied, trying again',
        );
        return { next: first.offset, pauseMs: 1_000 };
      }
    },
  };
}

async function moveOffset(
  tx: Tx,
  { topic, partition }: IncomingBatch,
  first: number,
  last: IncomingMessage,
): Promise<void> {
  const moved = await tx.query(
    `UPDATE consumer_offset SET next_offset = $3, applied_time = coalesce($4, applied_time)
     WHERE topic = $1 AND partition = $2 AND next_offset <= $5 RETURNING next_offset`,
    [topic, partition, last.offset + 1, validTime(last.headers.ce_time), first],
  );
  if (moved.length === 0) throw new OffsetMoved();
}

const idOf = (message: IncomingMessage, reading: Reading): string | undefined => {
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

const validTime = (time: string | undefined) => (time && !Number.isNaN(Date.parse(time)) ? time : null);

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof OffsetMoved) throw error;
    return false;
  }
}

function logApplied(
  logger: Logger,
  { topic, partition }: IncomingBatch,
  message: IncomingMessage,
  reading: Reading,
): void {
  if (reading.kind !== 'event') return;
  const { type, correlationId, traceparent } = reading;
  runInContext({ correlationId, traceparent }, () =>
    logger.info({ event: type, subject: message.key, topic, partition, offset: message.offset }, 'event applied'),
  );
}
