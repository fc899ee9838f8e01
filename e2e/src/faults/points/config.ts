import { count, loadConfig } from '@outerpark/chassis/config';
import { z } from 'zod';
import { points } from './points';

const names = <Name extends string>(known: readonly Name[]) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((name): name is Name => (known as readonly string[]).includes(name)));

const schema = z.object({
  /** Whose composition root is used. */
  FAULT_SERVICE: z.enum(['musical', 'reservation', 'payment', 'notification', 'mypage']),
  /** What happens to this process at its labelled points, one after another. */
  FAULT_SIGNAL: z.enum(['SIGKILL', 'SIGSTOP']).default('SIGKILL'),
  FAULT_POINTS: names(points),
  /** At which passing of a point. */
  FAULT_NTH: count(10),
  /** Where it is noted that a point was hit. */
  FAULT_DIR: z.string().min(1),
  /** How wrong this process's clock is, in milliseconds. */
  FAULT_CLOCK_MS: z.coerce.number().int().default(0),
  /** Of which event this release knows the next major version. */
  FAULT_NEXT_SCHEMA: z.string().optional(),
});

/** Reads what this process is to suffer. Throws ConfigError. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
