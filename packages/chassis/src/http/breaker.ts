import CircuitBreaker from 'opossum';
import { Counter, Gauge, Histogram } from 'prom-client';
import { TransientError } from '../errors';
import { metric, type Metrics } from '../metrics';
import { NoAnswerError } from './client';

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface Breaker<Args extends unknown[], Result> {
  /** As the action; throws BreakerOpenError without calling it while the circuit is open. */
  fire(...args: Args): Promise<Result>;
  state(): BreakerState;
  /** Until a next call may be let through; 0 when closed. */
  retryAfterMs(): number;
  close(): void;
}

/** Nothing was sent: the dependency fails too often. The caller answers so; it never assumes an answer. */
export class BreakerOpenError extends TransientError {
  override readonly name = 'BreakerOpenError';
  constructor(
    breaker: string,
    readonly retryAfterMs: number,
  ) {
    super(`the breaker of ${breaker} is open`);
  }
}

interface BreakerOptions<Result> {
  /** The action's own limit, which it keeps by an AbortSignal; the breaker gives up a little later, on an action that does not. */
  timeoutMs: number;
  volumeThreshold?: number;
  errorThresholdPercentage?: number;
  resetTimeoutMs?: number;
  rollingCountTimeoutMs?: number;
  /** An answer that counts against the dependency though it is returned, such as `isServerFault`. Thrown errors always count. */
  isFailure?: (result: Result) => boolean;
  metrics: Metrics;
}

/** An answer by which the other side says that it, and not the request, is in trouble. */
export const isServerFault = ({ status }: { status: number }): boolean =>
  status >= 500 || status === 429 || status === 408;

const GRACE_MS = 500;
const LEVEL: Record<BreakerState, number> = { closed: 0, 'half-open': 0.5, open: 1 };

/**
 * One circuit breaker for one dependency, made once for the life of the process. Has no fallback: what an open circuit means
 * is the caller's to say. Answers are values, so a 4xx never opens it.
 */
export function createBreaker<Args extends unknown[], Result>(
  name: string,
  action: (...args: Args) => Promise<Result>,
  options: BreakerOptions<Result>,
): Breaker<Args, Result> {
  const { resetTimeoutMs = 5_000, isFailure = () => false, metrics } = options;
  const circuit = new CircuitBreaker(
    async (...args: Args) => {
      const result = await action(...args);
      if (isFailure(result)) throw new CountedAnswer(result);
      return result;
    },
    {
      name,
      timeout: options.timeoutMs + GRACE_MS,
      volumeThreshold: options.volumeThreshold ?? 10,
      errorThresholdPercentage: options.errorThresholdPercentage ?? 50,
      resetTimeout: resetTimeoutMs,
      rollingCountTimeout: options.rollingCountTimeoutMs ?? 10_000,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    },
  );

  let openedAt = 0;
  const state = (): BreakerState => (circuit.closed ? 'closed' : circuit.opened ? 'open' : 'half-open');
  const retryAfterMs = (): number => {
    if (circuit.closed || circuit.pendingClose) return 0;
    return Math.max(1, circuit.opened ? openedAt + resetTimeoutMs - performance.now() : 1_000);
  };

  const { level, rejections, duration } = breakerMetrics(metrics);
  rejections.inc({ name }, 0);
  const record = () => level.set({ name }, LEVEL[state()]);
  circuit.on('open', () => (openedAt = performance.now()));
  for (const event of ['open', 'halfOpen', 'close'] as const) circuit.on(event as 'open', record);
  record();

  const fire = async (...args: Args): Promise<Result> => {
    // Asked here and not by opossum, which counts what it rejects as fired and so would open later the next time.
    if (!circuit.closed && !circuit.pendingClose) {
      rejections.inc({ name });
      throw new BreakerOpenError(name, retryAfterMs());
    }
    const took = duration.startTimer({ name });
    try {
      const result = await circuit.fire(...args);
      took({ outcome: 'answered' });
      return result;
    } catch (error) {
      took({ outcome: 'failed' });
      if (error instanceof CountedAnswer) return error.answer as Result;
      if (isTimeout(error)) throw new NoAnswerError(`${name} took too long`, { cause: error });
      throw error;
    }
  };

  return { fire, state, retryAfterMs, close: () => circuit.shutdown() };
}

/** Carries an answer through opossum's failure count and out again. */
class CountedAnswer extends Error {
  constructor(readonly answer: unknown) {
    super('counted as a failure');
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && CircuitBreaker.isOurError(error) && 'code' in error && error.code === 'ETIMEDOUT';

const breakerMetrics = (metrics: Metrics) => ({
  level: metric(
    metrics,
    'breaker_state',
    () =>
      new Gauge({
        name: 'breaker_state',
        help: '0 closed, 0.5 half-open, 1 open',
        labelNames: ['name'],
        registers: [metrics],
      }),
  ),
  rejections: metric(
    metrics,
    'breaker_rejections_total',
    () =>
      new Counter({
        name: 'breaker_rejections_total',
        help: 'Calls that an open circuit kept back',
        labelNames: ['name'],
        registers: [metrics],
      }),
  ),
  duration: metric(
    metrics,
    'dependency_call_duration_seconds',
    () =>
      new Histogram({
        name: 'dependency_call_duration_seconds',
        help: 'Calls to what stands behind a breaker; failed is what counts against it',
        labelNames: ['name', 'outcome'],
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        registers: [metrics],
      }),
  ),
});
