import { errorMessage } from '@outerpark/chassis/errors';
import { createBreaker, isServerFault, type BreakerState } from '@outerpark/chassis/http/breaker';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '@outerpark/chassis/http/client';
import type { Metrics } from '@outerpark/chassis/metrics';
import { z } from 'zod';
import type { ChargeOutcome, RefundOutcome } from '../domain/settle';
import type { PaymentProvider } from './provider';

export interface SimulatorOptions {
  url: string;
  /** Longest wait for an answer. */
  timeoutMs: number;
  breakerVolume: number;
  breakerResetMs: number;
  metrics: Metrics;
}

const chargeAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('approved') }),
  z.object({ status: z.literal('declined'), reason: z.string().default('The payment was declined.') }),
  z.object({ status: z.literal('requires_action'), url: z.url() }),
  z.object({ status: z.literal('cancelled') }),
]);
const refundAnswer = z.object({ status: z.literal('refunded') });

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
  const ask = async <Outcome>(
    request: HttpRequest,
    read: (body: unknown) => Outcome,
  ): Promise<Outcome | { is: 'unknown'; reason: string }> => {
    try {
      const answer = await breaker.fire(request);
      return answer.status === 200 ? read(answer.body) : { is: 'unknown', reason: refusal(answer) };
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
    availability: () => AVAILABILITY[breaker.state()],
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
  return { is: refundAnswer.parse(body).status };
}

const refusal = ({ status, body }: HttpAnswer): string =>
  `answered ${status}${body === undefined ? '' : `: ${JSON.stringify(body).slice(0, 200)}`}`;
