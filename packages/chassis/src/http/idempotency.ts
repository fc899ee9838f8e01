import { createHash, randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { idempotencyKey } from '@outerpark/contracts/http/idempotency';
import { problem } from '../errors';
import { requireIdentity } from './auth';
import { asProblem, problemAnswer } from './problem-details';

/** After this a first request counts as dead, and a retry takes over. */
export const LEASE_MS = 30_000;
/** How long an answer is kept. */
export const RETENTION_MS = 24 * 3_600_000;

/** What is known of a key. */
export interface IdempotencyRow {
  fingerprint: string;
  /** The same for every attempt under this key, so that attempts meet in one resource. */
  resourceId: string;
  /** Null while no answer is stored. */
  status: number | null;
  body: unknown;
  /** Start of the lease; null when the attempt ended without an answer to store, so that the key is free. */
  claimedAt: Date | null;
  createdAt: Date;
}

export type ClaimDecision =
  | { kind: 'new' }
  | { kind: 'replay'; status: number; body: unknown }
  | { kind: 'in-flight' }
  | { kind: 'mismatch' }
  | { kind: 'take-over'; resourceId: string };

/** What a request under a key is to do, given what is stored. */
export function decideClaim(row: IdempotencyRow | undefined, fingerprint: string, now: Date): ClaimDecision {
  if (row === undefined || now.getTime() - row.createdAt.getTime() >= RETENTION_MS) return { kind: 'new' };
  const same = row.fingerprint === fingerprint;
  if (row.status !== null) return same ? { kind: 'replay', status: row.status, body: row.body } : { kind: 'mismatch' };
  // A freed key may carry another request. The same one keeps its resource: a 5xx does not say that nothing was done.
  if (row.claimedAt === null) return same ? { kind: 'take-over', resourceId: row.resourceId } : { kind: 'new' };
  if (!same) return { kind: 'mismatch' };
  if (now.getTime() - row.claimedAt.getTime() < LEASE_MS) return { kind: 'in-flight' };
  return { kind: 'take-over', resourceId: row.resourceId };
}

/** Stored are 2xx, 400, 404 and a decided 409; after anything else the key is free again. */
export const isStored = (status: number): boolean =>
  (status >= 200 && status < 300) || status === 400 || status === 404 || status === 409;

/** Equal for bodies that mean the same: the order of members does not count. Throws `invalid-request` for one nested too deeply. */
export const fingerprint = (body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(body)) ?? '')
    .digest('base64url');

/** Nothing that we take is nested nearly as deeply; much deeper the stack would end. */
const DEEPEST = 100;

function canonical(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw problem('invalid-request', 'The body is nested too deeply');
  const inner = (member: unknown) => canonical(member, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // Pairs, not an object: an object would put members with numeric names first and lose one called __proto__.
  return { members: members.map(([name, member]) => [name, inner(member)]) };
}

/** The Idempotency-Key header: 1 to 255 visible ASCII characters, else `invalid-request`; undefined without the header. */
export function readKey(req: Request): string | undefined {
  const key = idempotencyKey.safeParse(req.get('idempotency-key'));
  if (key.success) return key.data;
  const errors = [{ path: 'Idempotency-Key', message: key.error.issues[0]!.message }];
  throw problem('invalid-request', 'The Idempotency-Key is not valid', { errors });
}

export interface ClaimRequest {
  customerId: string;
  method: string;
  /** The actual path with its ids, without the query. */
  path: string;
  key: string;
  fingerprint: string;
  /** The resource's id when this is the first attempt. */
  newId: string;
}

export type ClaimOutcome =
  { kind: 'new' | 'take-over'; id: string; resourceId: string } | Exclude<ClaimDecision, { kind: 'new' | 'take-over' }>;

/** `id` names one attempt: what an attempt says after another one took over has no effect. */
export interface IdempotencyStore {
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  finish(id: string, status: number, body: unknown): Promise<void>;
  release(id: string): Promise<void>;
}

export interface Answer {
  status: number;
  body?: unknown;
}

/**
 * A write that may be repeated under an Idempotency-Key. `resourceId` is a fresh UUID, or that of the attempt which this one
 * continues, so the handler must give the same result for the same id. Needs an identity when there is a key.
 */
export const idempotent =
  (store: IdempotencyStore, handler: (req: Request, resourceId: string) => Promise<Answer>): RequestHandler =>
  async (req, res) => {
    const key = readKey(req);
    if (key === undefined) return sendAnswer(res, await handler(req, randomUUID()));
    const { customerId } = requireIdentity(req);
    const path = req.baseUrl + req.path;
    const body = fingerprint(req.body);
    const claim = await store.claim({
      customerId,
      method: req.method,
      path,
      key,
      fingerprint: body,
      newId: randomUUID(),
    });
    switch (claim.kind) {
      case 'replay':
        return sendAnswer(res.set('Idempotent-Replayed', 'true'), claim);
      case 'in-flight':
        throw problem('request-in-flight', undefined, { retryAfterSeconds: 1 });
      case 'mismatch':
        throw problem('idempotency-key-reused');
      case 'new':
      case 'take-over':
        return attempt(res, store, claim.id, () => handler(req, claim.resourceId));
    }
  };

async function attempt(res: Response, store: IdempotencyStore, id: string, work: () => Promise<Answer>): Promise<void> {
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    await keepRefusal(store, id, error);
    throw error;
  }
  if (isStored(answer.status)) await store.finish(id, answer.status, answer.body);
  else await store.release(id);
  sendAnswer(res, answer);
}

/** The error itself is what the caller must see, so a store that fails here only leaves the key to its lease. */
async function keepRefusal(store: IdempotencyStore, id: string, error: unknown): Promise<void> {
  const { status, body } = problemAnswer(asProblem(error));
  await (isStored(status) ? store.finish(id, status, body) : store.release(id)).catch(() => undefined);
}

/** Sends an answer, fresh or stored; from 400 on its body is a problem. */
export function sendAnswer(res: Response, { status, body }: Answer): void {
  res.status(status);
  if (body === undefined || body === null) res.end();
  else if (status < 400) res.json(body);
  else res.set('Content-Type', 'application/problem+json').end(JSON.stringify(body));
}
