import { databaseEnv, kafkaEnv, loadConfig, port, serviceEnv } from '@outerpark/chassis/config';
import { z } from 'zod';

const schema = z.object({ ...serviceEnv, PORT: port.default(8081), ...databaseEnv, ...kafkaEnv });

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
