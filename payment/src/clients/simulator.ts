import { errorMessage } from '@outerpark/chassis/errors';
import { createBreaker, isServerFault, type BreakerState } from '@outerpark/chassis/http/breaker';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '@outerpark/chassis/http/client';
import type { Metrics } from '@outerpark/chassis/metrics';
import { z } from 'zod';
import type { ChargeOutcome, RefundOutcome, Unknown } from '../domain/settle';
import type { PaymentProvider } from './provider';
import { verifyStandardWebhook } from './standard-webhooks';

export interface SimulatorOptions {
  url: string;
  /** Longest wait for an answer. */
  timeoutMs: number;
  breakerVolume: number;
  breakerResetMs: number;
  /** By which it signs its webhooks. */
  webhookSecrets?: Buffer[];
  metrics: Metrics;
}

const chargeAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('approved'), amount: z.int() }),
  z.object({ status: z.literal('declined'), reason: z.string().default('The payment was declined.') }),
  z.object({ status: z.literal('requires_action'), url: z.url() }),
  z.object({ status: z.literal('cancelled') }),
]);
const webhookBody = z.object({ data: z.object({ key: z.string() }) });
const refundAnswer = z.object({ status: z.literal('refunded'), amount: z.int() });

const AVAILABILITY: Record<BreakerState, ReturnType<PaymentProvider['availability']>> = {
  closed: 'available',
  'half-open': 'one_call',
  open: 'unavailable',
};

/** The provider simulator's HTTP API, behind one breaker. */
export function connectSimulator({
  url,
  timeoutMs,
  breakerVolume,
  breakerResetMs,
  webhookSecrets = [],
  metrics,
}: SimulatorOptions): PaymentProvider {
  const client = createHttpClient({ baseUrls: [url], timeoutMs });
  const breaker = createBreaker('payment-provider', (request: HttpRequest) => client.request(request), {
    timeoutMs,
    volumeThreshold: breakerVolume,
    resetTimeoutMs: breakerResetMs,
    isFailure: isServerFault,
    metrics,
  });

  /** No answer, a fault on their side and an answer that makes no sense are all the same: not known. */
  const ask = async <Outcome>(request: HttpRequest, read: (body: unknown) => Outcome): Promise<Outcome | Unknown> => {
    try {
      const answer = await breaker.fire(request);
      return answer.status === 200 ? read(answer.body) : refusal(answer);
    } catch (error) {
      return { is: 'unknown', reason: errorMessage(error) };
    }
  };

  return {
    charge: ({ key, amount, reference }) =>
      ask({ method: 'POST', path: '/charges', idempotencyKey: key, body: { amount, reference } }, readCharge),
    find: (key) => ask({ method: 'GET', path: `/charges/${key}` }, readCharge),
    cancel: (key) => ask({ method: 'POST', path: `/charges/${key}/cancel` }, readCharge),
    refund: ({ key, chargeKey, amount }) =>
      ask({ method: 'POST', path: '/refunds', idempotencyKey: key, body: { charge: chargeKey, amount } }, readRefund),
    verifyWebhook: (delivery, now) => {
      const id = verifyStandardWebhook(webhookSecrets, delivery, now);
      return id === undefined ? undefined : { id, about: readAbout(delivery.body) };
    },
    availability: () => AVAILABILITY[breaker.state()],
    retryAfterMs: breaker.retryAfterMs,
    close: async () => {
      breaker.close();
      await client.close();
    },
  };
}

function readCharge(body: unknown): ChargeOutcome {
  const { status, ...rest } = chargeAnswer.parse(body);
  return { is: status, ...rest } as ChargeOutcome;
}

function readRefund(body: unknown): RefundOutcome {
  const { status, amount } = refundAnswer.parse(body);
  return { is: status, amount };
}

const readAbout = (body: unknown): string | undefined => webhookBody.safeParse(body).data?.data.key;

function refusal({ status, headers, body }: HttpAnswer): Unknown {
  // By whole characters: PostgreSQL refuses a half of one.
  const said = body === undefined ? '' : `: ${Array.from(JSON.stringify(body)).slice(0, 200).join('')}`;
  const reason = `answered ${status}${said}`;
  // Given as a date it is not read: then the pace alone says when.
  const seconds = Number(headers['retry-after'] ?? 0);
  return { is: 'unknown', reason, ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }) };
}
