import { createHmac, timingSafeEqual } from 'node:crypto';
import { webhookHeaders } from '@outerpark/contracts/http/payments';
import type { Delivery } from './provider';

/** An older webhook may be a recorded one; a newer one has another clock. */
export const TOLERANCE_MS = 300_000;

/** The bytes of a secret that is written as `whsec_` and base64. */
export const secretBytes = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/**
 * The id of a webhook that is signed by the Standard Webhooks scheme with one of the secrets, within the tolerance; undefined for
 * any other. While a secret is changed either side may have two.
 */
export function verifyStandardWebhook(
  secrets: Buffer[],
  { headers, rawBody }: Omit<Delivery, 'body'>,
  now: Date,
): string | undefined {
  const read = webhookHeaders.safeParse(headers);
  if (!read.success) return undefined;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = read.data;
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > TOLERANCE_MS) return undefined;

  const expected = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(rawBody).digest(),
  );
  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  const isSigned = given.some((one) =>
    expected.some((other) => one.length === other.length && timingSafeEqual(one, other)),
  );
  return isSigned ? id : undefined;
}
