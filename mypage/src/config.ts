import { count, kafkaEnv, loadConfig, milliseconds, port, retentionEnv, serviceEnv } from '@outerpark/chassis/config';
import { kafkaIsWhole } from '@outerpark/chassis/messaging/kafka-access';
import { z } from 'zod';

const schema = z
  .object({
    ...serviceEnv,
    ...kafkaEnv,
    ...retentionEnv,
    PORT: port.default(8085),
    /** Holds this replica's file; a cache, so it may be emptied while the service is down. */
    DATA_DIR: z.string().min(1),
    /** Without Kafka for so long at the start, a file that was complete once is shown as of then. */
    KAFKA_PATIENCE_MS: milliseconds(5_000),
    /** As many streams as this process bears; whoever comes then is told to come later. */
    MOST_STREAMS: count(5_000),
    /** A comment on each stream so often; a client that takes nothing between two of them is cut off. */
    STREAM_BEAT_MS: milliseconds(15_000),
  })
  .superRefine(kafkaIsWhole);

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
