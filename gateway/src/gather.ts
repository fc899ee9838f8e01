import { currentContext } from '@outerpark/chassis/context';
import { ProblemError } from '@outerpark/chassis/errors';
import { neverConnected } from '@outerpark/chassis/http/client';
import { inHttpCall } from '@outerpark/chassis/telemetry/http-call';
import { problem as problemBody, PROBLEM_PREFIX, problems, type ProblemName } from '@outerpark/contracts/http/problems';
import type { Request } from 'express';
import { bodyWithin, hasBody } from './body';
import { callerOf, requestHeaders } from './headers';
import type { Replica } from './replicas';

/** Somebody who answers for a part of the whole: a service, by any of its replicas, or one replica that has a part of its own. */
export interface Source {
  /** The service's name. */
  service: string;
  /** As it is told when it cannot be asked. */
  name: string;
  /** Whom to ask, best first. */
  replicas: () => Replica[];
}

export interface Gathered {
  answers: unknown[];
  /** Names of those who did not answer: what they have is not here, and what they were to do may not be done. */
  unreachable: string[];
}

/** The whole answer is there within this time, whoever is away. */
const PATIENCE_MS = 5_000;
const BODY_LIMIT_BYTES = 10_000;

/** What came of it; a `status` of one that is away: it failed, and did answer so. */
type Told = { answer: unknown } | { refusal: ProblemError } | { away: true; status?: number };

/**
 * Asks all of them the same at once. Nobody who has nothing of it (404) is missed. When nobody has an answer, throws what they
 * say against it; when only some have, the others count as not asked.
 */
export async function gather(req: Request, path: string, sources: Source[]): Promise<Gathered> {
  const body = hasBody(req) ? await whole(req) : null;
  const told = await Promise.all(sources.map(({ replicas }) => ask(req, path, body, replicas())));
  const answers = told.flatMap((one) => ('answer' in one ? [one.answer] : []));
  const refusals = told.flatMap((one) => ('refusal' in one ? [one.refusal] : []));
  const refused = refusals.find(({ status }) => status !== 404) ?? refusals[0];
  const away = told.some((one) => 'away' in one);
  if (refused && answers.length === 0 && (refused.status !== 404 || !away)) throw refused;
  const missed = (one: Told) => 'away' in one || ('refusal' in one && one.refusal.status !== 404);
  return { answers, unreachable: sources.filter((_, index) => missed(told[index]!)).map(({ name }) => name) };
}

/** The answer of the first of these replicas that gives one, within this time. */
export async function ask(
  req: Request,
  path: string,
  body: Buffer | null,
  replicas: Replica[],
  patienceMs = PATIENCE_MS,
): Promise<Told> {
  const signal = AbortSignal.timeout(patienceMs);
  for (const replica of replicas) {
    try {
      const { status, content } = await inHttpCall(req.method, replica.url + path, statusOf, async () => {
        const headers = requestHeaders(req.headers, callerOf(req), currentContext());
        const answer = await replica.pool.request({ method: req.method, path, headers, body, signal });
        return { status: answer.statusCode, content: await answer.body.json().catch((): unknown => undefined) };
      });
      if (status < 300) return { answer: content };
      if (status < 500) return { refusal: refusalOf(status, content) };
      return { away: true, status };
    } catch (error) {
      replica.doubt(error);
      // What may have been carried out is not sent to another one.
      if (!neverConnected(error) && req.method !== 'GET') break;
    }
  }
  return { away: true };
}

const statusOf = ({ status }: { status: number }): number => status;

/** The service's problem as ours. */
function refusalOf(status: number, content: unknown): ProblemError {
  const read = problemBody.safeParse(content);
  const name = read.data?.type.slice(PROBLEM_PREFIX.length) ?? '';
  if (!read.success || !Object.hasOwn(problems, name)) {
    return new ProblemError('bad-gateway', `a service answered ${status}`);
  }
  const { detail, errors } = read.data;
  return new ProblemError(name as ProblemName, detail, { extra: errors ? { errors } : {} });
}

async function whole(req: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyWithin(BODY_LIMIT_BYTES, req)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
