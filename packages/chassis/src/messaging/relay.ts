import { randomUUID } from 'node:crypto';
import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { startLoop, type Loop } from '../loop';
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
export function startRelay({ store, broker, logger, pollMs = 100 }: RelayOptions): Relay {
  const leases = createRelayLeases(store, randomUUID());
  let segments: number[] = [];
  let renewAt = -Infinity;

  const sendBatch = async (): Promise<'busy' | 'idle'> => {
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
    await broker.publish(
      rows.map(({ topic, subject, headers, body }) => ({ topic, key: subject, headers, value: body })),
    );
    await store.query(`UPDATE outbox SET published_at = now() WHERE seq = ANY($1) AND published_at IS NULL`, [
      rows.map((row) => row.seq),
    ]);
    return rows.length === BATCH ? 'busy' : 'idle';
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
