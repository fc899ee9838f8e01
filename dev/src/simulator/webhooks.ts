import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Charge, Refund } from './charge';
import type { SwitchedFaults } from './faults';

export interface WebhookTarget {
  url: () => string;
  /** `whsec_` and base64. */
  secret: string;
}

export interface Webhooks {
  tell(changed: Charge | Refund): void;
  /** Sends nothing more; what was not taken by then is lost. */
  stop(): void;
}

interface Message {
  id: string;
  body: string;
}

/** After each attempt that was not answered by a 2xx; then it is given up. In milliseconds. */
const RETRIES = [200, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
const TIMEOUT_MS = 5_000;
const REORDER_MS = 500;

/** Tells of every charge and refund by Standard Webhooks: at least once, in no order, and for some minutes only. In memory. */
export function sendWebhooks({ url, secret }: WebhookTarget, faults: SwitchedFaults): Webhooks {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const stopping = new AbortController();
  let together: Message[] = [];

  const post = async ({ id, body }: Message): Promise<boolean> => {
    if (faults.current.down) return false;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const { statusCode, body: answer } = await request(url(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: stopping.signal,
    });
    await answer.dump();
    return statusCode >= 200 && statusCode < 300;
  };

  const send = async (message: Message): Promise<void> => {
    for (const wait of RETRIES) {
      if (await post(message).catch(() => false)) return;
      await sleep(wait, undefined, { signal: stopping.signal, ref: false });
    }
  };

  const sendTogether = async (): Promise<void> => {
    await sleep(REORDER_MS, undefined, { signal: stopping.signal, ref: false });
    const messages = together.reverse();
    together = [];
    for (const message of messages) await send(message);
  };

  const sendOnce = async (message: Message): Promise<void> => {
    const { delayMs = 0, reordered } = faults.current.webhooks ?? {};
    if (delayMs) await sleep(delayMs, undefined, { signal: stopping.signal, ref: false });
    if (!reordered) return send(message);
    if (together.push(message) === 1) await sendTogether();
  };

  return {
    tell: (changed) => {
      const { duplicates = 0, dropped } = faults.current.webhooks ?? {};
      if (dropped) return;
      const { key: about, status } = changed;
      const type = 'charge' in changed ? 'refund.updated' : 'charge.updated';
      const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data: { key: about, status } });
      const message = { id: `msg_${randomUUID()}`, body };
      // What is stopped meanwhile is lost, as with any process.
      for (let i = 0; i <= duplicates; i++) void sendOnce(message).catch(() => undefined);
    },
    stop: () => stopping.abort(),
  };
}
