import { createHmac } from 'node:crypto';

/** The bytes of a secret that is written as `whsec_` and base64. */
export const secretBytes = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/**
 * The headers by which a receiver knows that a webhook is ours (Standard Webhooks, `v1`). With several secrets there is a
 * signature by each, so that the receiver may change from one to the next at a time of its own.
 */
export function signedHeaders(secrets: Buffer[], id: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64'),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  };
}
