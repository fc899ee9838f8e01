import { createHash } from 'node:crypto';
import type { Topic } from '@outerpark/contracts/topics';
import { ProblemError } from '../errors';
import { continueTrace } from '../context';
import type { Tx } from '../postgres/store';
import { messageSpan } from '../telemetry/messages';
import { inSpan } from '../telemetry/tracer';
import type { IncomingBatch, IncomingMessage } from './broker';
import type { MessageReader } from './reading';

/** The oldest open letter of each aggregate: what the others wait behind. */
export const HEADS = 'SELECT min(id) FROM dead_letter WHERE resolved_at IS NULL GROUP BY topic, aggregate';

/** Equal for events of one type that failed alike: ids and numbers in the reason do not count. */
export const causeOf = (type: string | undefined, reason: string): string =>
  createHash('sha256')
    .update(JSON.stringify([type ?? null, reason.replace(UUID, '#').replace(/\d+/g, '#')]))
    .digest('hex')
    .slice(0, 12);

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Which of these aggregates of a topic have an unresolved dead letter, so that later events have to wait. */
export async function openAggregates(tx: Tx, topic: Topic, aggregates: string[]): Promise<Set<string>> {
  const distinct = [...new Set(aggregates)];
  const places = distinct.map((_, index) => `$${index + 2}`).join(', ');
  const rows = await tx.query<{ aggregate: string }>(
    `SELECT DISTINCT aggregate FROM dead_letter WHERE resolved_at IS NULL AND topic = $1 AND aggregate IN (${places})`,
    [topic, ...distinct],
  );
  return new Set(rows.map((row) => row.aggregate));
}

export async function keepDeadLetter(
  tx: Tx,
  { topic, partition }: Pick<IncomingBatch, 'topic' | 'partition'>,
  message: IncomingMessage,
  reason: string,
  queued: boolean,
): Promise<void> {
  await tx.query(
    `INSERT INTO dead_letter (topic, partition, position, aggregate, event_id, type, message, reason, cause, queued, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      topic,
      partition,
      message.offset,
      message.key,
      message.headers.ce_id ?? null,
      message.headers.ce_type ?? null,
      JSON.stringify(message),
      reason.slice(0, 2_000),
      causeOf(message.headers.ce_type, reason),
      queued,
      new Date().toISOString(),
    ],
  );
}

/**
 * Applies an aggregate's dead letters again, oldest first: when one still fails its error is thrown, and the transaction must be
 * rolled back. Gives how many were applied.
 */
export async function replayDeadLetters(
  tx: Tx,
  readers: Partial<Record<Topic, MessageReader>>,
  topic: Topic,
  aggregate: string,
): Promise<number> {
  await lockPartitions(tx, 'topic = $1 AND aggregate = $2', [topic, aggregate]);
  const letters = await tx.query<{ id: number; message: string }>(
    `SELECT id, message FROM dead_letter WHERE topic = $1 AND aggregate = $2 AND resolved_at IS NULL ORDER BY id`,
    [topic, aggregate],
  );
  for (const { id, message } of letters) {
    await applyAgain(tx, topic, readers[topic], JSON.parse(message) as IncomingMessage);
    await resolve(tx, id, 'replayed');
  }
  return letters.length;
}

/** Gives up one dead letter for good, with a reason; the ones queued behind it wait for a replay. */
export async function discardDeadLetter(tx: Tx, id: number, reason: string): Promise<void> {
  await lockPartitions(tx, 'id = $1', [id]);
  if (!(await resolve(tx, id, `discarded: ${reason}`))) throw new ProblemError('not-found', 'no such open dead letter');
}

async function applyAgain(
  tx: Tx,
  topic: Topic,
  read: MessageReader | undefined,
  message: IncomingMessage,
): Promise<void> {
  const reading = read?.(message) ?? { kind: 'ignored' };
  if (reading.kind === 'event') {
    const context = continueTrace(reading.correlationId, reading.traceparent);
    await inSpan(messageSpan('process', topic, message.headers), () => reading.apply(tx), context);
  } else {
    throw new ProblemError('invalid-request', 'reason' in reading ? reading.reason : 'nobody reads this event');
  }
}

/** Keeps the letters as they are: an inbox, a replay and a discard all begin with the row of the partition's offset. */
async function lockPartitions(tx: Tx, which: string, params: unknown[]): Promise<void> {
  await tx.query(
    `UPDATE consumer_offset SET topic = topic WHERE (topic, partition) IN (
       SELECT topic, partition FROM dead_letter WHERE ${which} AND resolved_at IS NULL)`,
    params,
  );
}

async function resolve(tx: Tx, id: number, resolution: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE dead_letter SET resolved_at = $2, resolution = $3 WHERE id = $1 AND resolved_at IS NULL RETURNING id`,
    [id, new Date().toISOString(), resolution],
  );
  return rows.length === 1;
}
