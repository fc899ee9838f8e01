import {
  count,
  databaseEnv,
  days,
  idempotencyEnv,
  kafkaEnv,
  loadConfig,
  milliseconds,
  outboxEnv,
  port,
  retentionEnv,
  serviceEnv,
} from '@outerpark/chassis/config';
import { kafkaIsWhole } from '@outerpark/chassis/messaging/kafka-access';
import { waitingRoomMode } from '@outerpark/contracts/http/waiting-rooms';
import { z } from 'zod';

const schema = z
  .object({
    ...serviceEnv,
    PORT: port.default(8081),
    ...databaseEnv,
    ...kafkaEnv,
    ...retentionEnv,
    ...outboxEnv,
    ...idempotencyEnv,
    /** A hold that is held for longer needs somebody's attention: no reservation waits for its payment for more than a day. */
    ATTENTION_HOLD_MS: milliseconds(25 * 3_600_000),
    /** How late a hold may come that was given up before it was made. */
    KEEP_TOMBSTONES_DAYS: days(7),
    /** Of a performance about whose waiting room no admin has said anything. */
    WAITING_ROOM_MODE: waitingRoomMode.exclude(['on']).default('off'),
    /** An automatic one opens when so many holds of its performance are decided a second, */
    WAITING_ROOM_OPENS_AT: count(300),
    /** or when most of them are decided so long after their request came in; then admissions slow down, too. */
    WAITING_ROOM_LATE_MS: milliseconds(1_000),
    /** So many are admitted a second at least. */
    WAITING_ROOM_SLOWEST: count(10),
    /** An automatic one closes when nobody has had to wait for so long. */
    WAITING_ROOM_QUIET_MS: milliseconds(60_000),
    /** How long a place in a queue is remembered. */
    KEEP_PASSES_DAYS: days(7),
  })
  .superRefine(kafkaIsWhole);

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
