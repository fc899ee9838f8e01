import { startLoop } from '@outerpark/chassis/loop';
import { createLogger } from '@outerpark/chassis/logger';
import type { Stores } from './stores';

/** Tells when a customer has been told: the mail is the last step of every saga. */
export interface Notices {
  /** Resolves when this notice is sent. */
  sent(reservationId: string, kind: 'confirmed' | 'refunded'): Promise<void>;
  /** How many are waited for. */
  waiting(): number;
  stop(): Promise<void>;
}

const EVERY_MS = 100;

/** One statement for all that are waited for: so the watching costs the system next to nothing. */
export function watchNotices(stores: Stores): Notices {
  const waiting = new Map<string, () => void>();
  const loop = startLoop({
    name: 'watch notices',
    logger: createLogger('soak', 'warn'),
    idleMs: EVERY_MS,
    work: async () => {
      if (waiting.size === 0) return 'idle';
      const ids = [...new Set([...waiting.keys()].map((key) => key.slice(0, 36)))];
      const sent = await stores.query<{ key: string }>(
        'notification',
        `SELECT reservation_id || ' ' || kind AS key FROM notice WHERE reservation_id = ANY($1) AND status = 'sent'`,
        [ids],
      );
      for (const { key } of sent) {
        waiting.get(key)?.();
        waiting.delete(key);
      }
      return 'idle';
    },
  });
  return {
    sent: (reservationId, kind) => new Promise((resolve) => void waiting.set(`${reservationId} ${kind}`, resolve)),
    waiting: () => waiting.size,
    stop: loop.stop,
  };
}
