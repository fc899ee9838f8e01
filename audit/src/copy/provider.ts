import { randomUUID } from 'node:crypto';
import { createHttpClient, type HttpClient } from '@outerpark/chassis/http/client';
import { z } from 'zod';
import { reading, type AuditedSystem } from '../system';
import type { Copy } from './copy';

const ledger = z.object({
  charges: z.array(z.object({ key: z.string(), status: z.string(), amount: z.int(), reference: z.string() })),
  refunds: z.array(z.object({ key: z.string(), charge: z.string(), amount: z.int() })),
});

/** Longer than the payment service waits, it may not be either. */
const ANSWER_MS = 3_000;
const LEDGER_MS = 30_000;

/** Copies the provider's ledger, and whether it answers those who want to charge. */
export async function copyProvider(copy: Copy, { providerUrl }: AuditedSystem): Promise<void> {
  const client = createHttpClient({ baseUrls: [providerUrl], timeoutMs: LEDGER_MS });
  try {
    const { charges, refunds } = await reading(`The ledger of the payment provider at ${providerUrl}`, async () =>
      ledger.parse((await client.request({ method: 'GET', path: '/ledger' })).body),
    );
    const references = new Map(charges.map(({ key, reference }) => [key, reference]));
    copy.insert(
      'provider_ledger',
      charges
        .filter(({ status }) => status === 'approved')
        .map(({ key, reference, amount }) => ({ key, reference, kind: 'captured', amount })),
    );
    copy.insert(
      'provider_ledger',
      refunds.map(({ key, charge, amount }) => ({
        key,
        reference: references.get(charge) ?? charge,
        kind: 'refunded',
        amount,
      })),
    );
    copy.insert('provider', [{ reachable: await answers(client) }]);
  } finally {
    await client.close();
  }
}

/** Asks for a charge that nobody has made: "there is none" is an answer, everything else is trouble. */
async function answers(client: HttpClient): Promise<boolean> {
  const asked = client.request({ method: 'GET', path: `/charges/${randomUUID()}` }).then(
    ({ status }) => status === 404,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ANSWER_MS).unref());
  return Promise.race([asked, late]);
}
