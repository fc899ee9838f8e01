import { z } from 'zod';

/** The header `Idempotency-Key`: 1 to 255 visible ASCII characters. */
export const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,255}$/, 'Must be 1 to 255 visible ASCII characters')
  .optional();
