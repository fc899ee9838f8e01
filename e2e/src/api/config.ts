import { loadConfig } from '@outerpark/chassis/config';
import { z } from 'zod';

const schema = z.object({
  /** Added to every port of the system that is started; without it the first one that is free is taken. */
  OUTERPARK_PORT_OFFSET: z.coerce.number().int().min(0).optional(),
  /** What is made up comes from it; without it another one each time, which is printed. */
  SEED: z.coerce.number().int().min(0).optional(),
});

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
