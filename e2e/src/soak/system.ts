import { startLocalSystem, type LocalSystem } from '../local-system';
import type { SoakOptions } from './config';

/** What is kept for a week in production is kept for so many minutes here, so that tables come to their steady size. */
export const keptMinutes = (minutes: number): number => Math.min(3, Math.max(0.5, minutes / 10));

/** Fresh, and with the retention of a soak. */
export function startSoakedSystem({ home, portOffset, root, minutes, env }: SoakOptions): Promise<LocalSystem> {
  const days = String(keptMinutes(minutes) / (24 * 60));
  const settings = {
    LOG_LEVEL: 'warn',
    RETENTION_EVERY_MS: '5000',
    KEEP_INBOX_DAYS: days,
    KEEP_OUTBOX_DAYS: days,
    KEEP_KEYS_DAYS: days,
    KEEP_DEAD_LETTERS_DAYS: days,
    KEEP_TOMBSTONES_DAYS: days,
    KEEP_PASSES_DAYS: days,
    KEEP_DELIVERIES_DAYS: days,
  };
  return startLocalSystem({ home, portOffset, root, env: { ...env, ...settings }, fresh: true });
}
