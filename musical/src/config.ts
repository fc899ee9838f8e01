import { databaseEnv, kafkaEnv, loadConfig, serviceEnv } from '@outerpark/chassis/config';
import { z } from 'zod';

const schema = z.object({ ...serviceEnv, ...databaseEnv, ...kafkaEnv });

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
