import { createHttpClient } from '@outerpark/chassis/http/client';
import { z } from 'zod';

const charge = z.object({
  key: z.string(),
  status: z.enum(['approved', 'declined', 'requires_action', 'cancelled']),
  amount: z.int(),
  reference: z.string(),
  reason: z.string().optional(),
  url: z.string().optional(),
  createdAt: z.string(),
});
const refund = z.object({ key: z.string(), charge: z.string(), amount: z.int(), createdAt: z.string() });
const ledger = z.object({ charges: z.array(charge), refunds: z.array(refund) });

/** What a provider knows, in the order in which it came to know it; keys are ids of our attempts, amounts KRW. */
export type ProviderLedger = z.infer<typeof ledger>;
export type ProviderCharge = z.infer<typeof charge>;

const LONGEST_MS = 30_000;

/** Reads the whole ledger of the simulator. Throws when it gives none. */
export async function readLedger(url: string): Promise<ProviderLedger> {
  const client = createHttpClient({ baseUrls: [url], timeoutMs: LONGEST_MS });
  try {
    return ledger.parse((await client.request({ method: 'GET', path: '/ledger' })).body);
  } finally {
    await client.close();
  }
}
