import { BreakerOpenError, createBreaker, isServerFault } from '@outerpark/chassis/http/breaker';
import { createHttpClient, NotSentError, type HttpAnswer } from '@outerpark/chassis/http/client';
import { followReplicas } from '@outerpark/chassis/http/replica-urls';
import { ProblemError } from '@outerpark/chassis/errors';
import type { Logger } from '@outerpark/chassis/logger';
import type { Metrics } from '@outerpark/chassis/metrics';
import { hold, WAITED_HEADER, type Hold, type HoldRequest } from '@outerpark/contracts/http/holds';
import { problem, PROBLEM_PREFIX, problems, type ProblemName } from '@outerpark/contracts/http/problems';

export type HoldResult =
  | { kind: 'held'; hold: Hold }
  /** Musical refuses: nothing is held and, when it is final, nothing will be. Else the same hold was asked for before, without an answer. */
  | { kind: 'refused'; problem: ProblemError; final: boolean }
  /** Surely nothing was asked, so nothing is held. */
  | { kind: 'not-asked'; retryAfterMs: number }
  /** It may be held or not, or may be held later. */
  | { kind: 'unknown'; reason: string };

export interface MusicalClient {
  /** `waitedMs`: for how long the customer's request is under way. */
  hold(request: HoldRequest, token: string, waitedMs?: number): Promise<HoldResult>;
  close(): Promise<void>;
}

interface Options {
  /** See followReplicas. */
  urls: string[];
  timeoutMs: number;
  breakerResetMs: number;
  breakerVolume: number;
  logger: Logger;
  metrics: Metrics;
}

/** The one synchronous call between services, behind one breaker that falls back closed: it never assumes that a seat is free. */
export function createMusicalClient({
  urls,
  timeoutMs,
  breakerResetMs,
  breakerVolume,
  logger,
  metrics,
}: Options): MusicalClient {
  const replicas = followReplicas({ urls, logger });
  const http = createHttpClient({ baseUrls: replicas, timeoutMs });
  const breaker = createBreaker(
    'musical',
    // Keyed by its reservation, so that it may be asked for twice.
    (body: HoldRequest, token: string, waitedMs: number) =>
      http.request({
        ...{ method: 'POST', path: '/internal/holds', body, token, repeatable: true },
        headers: { [WAITED_HEADER]: String(Math.round(waitedMs)) },
      }),
    { timeoutMs, resetTimeoutMs: breakerResetMs, volumeThreshold: breakerVolume, isFailure: isFault, metrics },
  );

  return {
    hold: async (request, token, waitedMs = 0) => {
      try {
        return read(await breaker.fire(request, token, waitedMs));
      } catch (error) {
        if (error instanceof BreakerOpenError) return { kind: 'not-asked', retryAfterMs: error.retryAfterMs };
        if (error instanceof NotSentError) return { kind: 'not-asked', retryAfterMs: 1_000 };
        return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    close: async () => {
      breaker.close();
      await replicas.stop();
      await http.close();
    },
  };
}

/** A waiting room sends the customer away by 429, and says nothing of musical being in trouble. */
const isFault = (answer: HttpAnswer): boolean => isServerFault(answer) && nameOf(answer) !== 'waiting-room';

function read(answer: HttpAnswer): HoldResult {
  if (isFault(answer)) return { kind: 'unknown', reason: `musical answered ${answer.status}` };
  if (answer.status === 200) {
    const held = hold.safeParse(answer.body);
    return held.success ? { kind: 'held', hold: held.data } : { kind: 'unknown', reason: 'the hold cannot be read' };
  }
  const refusal = problem.safeParse(answer.body);
  const name = nameOf(answer);
  if (!refusal.success || !isProblemName(name)) return { kind: 'unknown', reason: `musical answered ${answer.status}` };
  // Abandoned meanwhile. That is our doing and says nothing about the seats.
  if (name === 'hold-ended') return { kind: 'unknown', reason: 'the hold was ended before it was made' };
  const { type: _type, title: _title, status: _status, detail, correlationId: _id, ...extra } = refusal.data;
  const retryAfter = answer.headers['retry-after'];
  const headers: Record<string, string> = typeof retryAfter === 'string' ? { 'Retry-After': retryAfter } : {};
  return { kind: 'refused', problem: new ProblemError(name, detail, { extra, headers }), final: !answer.repeated };
}

const nameOf = ({ body }: HttpAnswer): string | undefined =>
  problem.safeParse(body).data?.type.slice(PROBLEM_PREFIX.length);

const isProblemName = (name: string | undefined): name is ProblemName =>
  name !== undefined && Object.hasOwn(problems, name);
