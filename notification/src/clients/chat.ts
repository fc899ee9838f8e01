import { errorMessage } from '@outerpark/chassis/errors';
import { inHttpCall } from '@outerpark/chassis/telemetry/http-call';
import type { ChatWebhook } from '@outerpark/contracts/http/notifications';
import type { Outcome } from '../domain/delivery';
import { signedHeaders } from './webhook-signature';

export interface Chat {
  /** Tries once to hand the notice to the chat service, under an id that is the same for each try. Does not throw. */
  post(id: string, notice: ChatWebhook): Promise<Outcome>;
}

interface ChatOptions {
  url: string;
  secrets: Buffer[];
  /** For one try, with connecting. */
  timeoutMs: number;
  now: () => Date;
}

/** A signed webhook to the operator's adapter of a chat service. Its answers' bodies are not read, for they may name persons. */
export function createChat({ url, secrets, timeoutMs, now }: ChatOptions): Chat {
  return {
    post: async (id, notice) => {
      const body = JSON.stringify(notice);
      try {
        // The path of a chat service's URL is often a secret: spans name the host only.
        const answer = await inHttpCall('POST', new URL(url).origin, statusOf, () =>
          fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...signedHeaders(secrets, id, body, now()) },
            body,
            // A signed message goes where the operator has said, and nowhere else.
            redirect: 'manual',
            signal: AbortSignal.timeout(timeoutMs),
          }),
        );
        // The status is the answer, whatever becomes of its body.
        await answer.body?.cancel().catch(() => undefined);
        return outcomeOf(answer, now());
      } catch (error) {
        return { kind: 'failed', error: `no answer: ${errorMessage((error as Error).cause ?? error)}` };
      }
    },
  };
}

const statusOf = ({ status }: Response): number => status;

/**
 * 4xx is a definite no to this notice. What the receiver has against us (the signature) or against the moment may be put right,
 * so it passes.
 */
const PASSING = [401, 403, 408, 425, 429];

export function outcomeOf({ status, headers }: Pick<Response, 'status' | 'headers'>, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const error = `answered ${status}`;
  if (status >= 400 && status < 500 && !PASSING.includes(status)) return { kind: 'refused', error };
  return { kind: 'failed', error, retryAfterMs: retryAfterMs(headers.get('retry-after'), now) };
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const until = /^\d+$/.test(header) ? now.getTime() + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime());
}
