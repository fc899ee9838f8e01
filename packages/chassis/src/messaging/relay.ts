import { randomUUID } from 'node:crypto';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { traceparentIn } from '../context';
import { restAfter, startLoop, type Loop } from '../loop';
import { messageSpan } from '../telemetry/messages';
import type { Tracer } from '../telemetry/tracer';
import type { Store } from '../postgres/store';
import type { Broker } from './broker';
import { createRelayLeases, LEASE_SECONDS } from './relay-leases';

interface OutboxRow {
  seq: number;
  topic: Topic;
  subject: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface RelayOptions {
  store: Store;
  broker: Broker;
  logger: Logger;
  /** How often it looks for what nobody has woken it for: rows of other replicas, and of failures. */
  pollMs?: number;
  tracer?: Tracer | undefined;
}

export interface Relay {
  /** A transaction of this process has written to the outbox. */
  wake(): void;
  /** Sends what is there, gives the leases back and ends. */
  stop(): Promise<void>;
}

const BATCH = 500;

/**
 * Brings outbox rows to the broker, each at least once, those of one aggregate in order. It looks at the rows' own state and
 * keeps no high-water mark, because a sequence number can become visible after a later one. Within an aggregate the order of `seq` is the
 * order of versions: whoever writes the next version has waited for the row lock of the one before.
 */
export function startRelay({ store, broker, logger, pollMs = 100, tracer }: RelayOptions): Relay {
  const leases = createRelayLeases(store, randomUUID());
  let segments: number[] = [];
  let renewAt = -Infinity;

  const sendBatch = async (): Promise<'busy' | 'idle' | { restMs: number }> => {
    if (performance.now() >= renewAt) {
      segments = await leases.renew();
      renewAt = performance.now() + (LEASE_SECONDS * 1000) / 4;
    }
    const rows = await store.query<OutboxRow>(
      `SELECT seq, topic, subject, headers, body FROM outbox
       WHERE published_at IS NULL AND segment = ANY($1) ORDER BY seq LIMIT ${BATCH}`,
      [segments],
    );
    if (rows.length === 0) return 'idle';
    const startedAt = Date.now();
    await broker.publish(
      rows.map(({ topic, subject, headers, body }) => ({ topic, key: subject, headers, value: body })),
    );
    if (tracer) tellSent(tracer, rows, startedAt);
    await markSent(store, rows);
    return rows.length === BATCH ? 'busy' : { restMs: restAfter(rows.length) };
  };

  const sendAll = async () => {
    while ((await sendBatch()) === 'busy');
  };

  const loop: Loop = startLoop({ name: 'outbox relay', logger, work: sendBatch, idleMs: pollMs, maxBackoffMs: 1_000 });

  return {
    wake: loop.wake,
    stop: async () => {
      await loop.stop();
      // What a failure leaves unsent here is sent by another replica or after the next start.
      await sendAll().catch(() => undefined);
      await leases.release().catch(() => undefined);
    },
  };
}

/** As spans of the traces that the rows are of. Tries that failed are none: while Kafka is away there are many, and the gap shows. */
function tellSent(tracer: Tracer, rows: OutboxRow[], startedAt: number): void {
  for (const { topic, headers } of rows) {
    tracer.start(traceparentIn(headers.traceparent), { ...messageSpan('send', topic, headers), startedAt }).end();
  }
}

/**
 * Marks rows as published. What another relay had marked was sent again by this one, which must have been frozen: an event's second
 * send says nothing new, but a contact's would be the last one of its topic. So the newest contact of that customer is sent again.
 */
async function markSent(store: Pick<Store, 'query'>, rows: OutboxRow[]): Promise<void> {
  const seqs = rows.map((row) => row.seq);
  const marked = await store.query<{ seq: number }>(
    `UPDATE outbox SET published_at = now() WHERE seq = ANY($1) AND published_at IS NULL RETURNING seq`,
    [seqs],
  );
  const first = new Set(marked.map(({ seq }) => seq));
  const customers = rows.filter(({ seq, topic }) => topic === CONTACTS_TOPIC && !first.has(seq));
  if (customers.length === 0) return;
  await store.query(
    `UPDATE outbox SET published_at = NULL WHERE seq <> ALL($1) AND seq IN (
       SELECT max(seq) FROM outbox WHERE topic = $2 AND subject = ANY($3) GROUP BY subject)`,
    [seqs, CONTACTS_TOPIC, customers.map(({ subject }) => subject)],
  );
}
