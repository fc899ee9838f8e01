import { currentContext } from '@outerpark/chassis/context';
import { problem } from '@outerpark/chassis/errors';
import { neverConnected } from '@outerpark/chassis/http/client';
import { inHttpCall } from '@outerpark/chassis/telemetry/http-call';
import type { Request, RequestHandler, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import { bodyWithin, declaredLength, hasBody } from './body';
import { asProblem, isReplicasFault } from './failures';
import { requestHeaders, responseHeaders } from './headers';
import type { Replica } from './replicas';

type Answer = Dispatcher.ResponseData;

interface ProxyOptions {
  /** Whom to ask, best first. */
  replicasFor: (req: Request) => Replica[];
  /** In bytes. */
  bodyLimit: number;
  /** The gateway is about to end, and with it every stream, which has no end of its own. */
  stopping?: AbortSignal;
}

/**
 * Passes a request on as it comes and its answer back as it comes, nothing held. Throws `body-too-large`, `gateway-timeout`,
 * `bad-gateway`, or `service-unavailable` when surely nothing was sent.
 */
export function proxy({ replicasFor, bodyLimit, stopping }: ProxyOptions): RequestHandler {
  return async (req, res) => {
    if (declaredLength(req.headers) > bodyLimit) throw problem('body-too-large');
    const leaving = new AbortController();
    const clientGone = leaving.signal;
    res.once('close', () => {
      // Neither answered whole nor broken off by the service.
      if (!res.writableFinished && !res.errored) leaving.abort();
    });

    const send = ({ url, pool }: Replica): Promise<Answer> =>
      inHttpCall(req.method, url + req.originalUrl, statusOf, () =>
        pool.request({
          method: req.method,
          path: req.originalUrl,
          headers: requestHeaders(req.headers, callerOf(req), currentContext()),
          body: hasBody(req) ? Readable.from(bodyWithin(bodyLimit, req), { objectMode: false }) : null,
          signal: clientGone,
        }),
      );
    try {
      const answer = await firstAnswer(replicasFor(req), send, { repeatable: changesNothing(req), clientGone });
      const passed = passBack(answer, res);
      if (stopping && isEventStream(answer)) endWith(stopping, answer, res, () => leaving.abort());
      await passed;
    } catch (error) {
      if (!clientGone.aborted) throw asProblem(error);
    }
  };
}

/**
 * The answer of the first replica that gives one. What never connected goes to the next replica; after any other failure the
 * request may have been carried out, so that it is sent once more only when it is repeatable.
 */
async function firstAnswer(
  replicas: Replica[],
  send: (replica: Replica) => Promise<Answer>,
  { repeatable, clientGone }: { repeatable: boolean; clientGone: AbortSignal },
): Promise<Answer> {
  let repeats = repeatable ? 1 : 0;
  let failure: unknown = problem('service-unavailable', 'No replica is known', { retryAfterSeconds: 1 });
  for (const replica of replicas) {
    try {
      return await send(replica);
    } catch (error) {
      if (clientGone.aborted || !isReplicasFault(error)) throw error;
      replica.doubt(error);
      failure = error;
      if (!neverConnected(error) && repeats-- === 0) break;
    }
  }
  throw failure;
}

const statusOf = ({ statusCode }: Answer): number => statusCode;

async function passBack({ statusCode, headers, body }: Answer, res: Response): Promise<void> {
  res.status(statusCode);
  for (const [name, value] of Object.entries(responseHeaders(headers))) res.setHeader(name, value);
  // Each layer on the way wants to know when the answer ends.
  res.setMaxListeners(MOST_LISTENERS);
  // An answer of unknown length may be a stream whose first event is far away.
  if (headers['content-length'] === undefined) res.flushHeaders();
  await pipeline(body, res);
}

const isEventStream = ({ headers }: Answer): boolean => String(headers['content-type']).startsWith('text/event-stream');

/** Ends the answer as if the service had, and only then leaves the service. */
function endWith(stopping: AbortSignal, { body }: Answer, res: Response, leave: () => void): void {
  const end = () => {
    body.unpipe(res);
    res.end(leave);
  };
  if (stopping.aborted) return end();
  stopping.addEventListener('abort', end);
  res.once('close', () => stopping.removeEventListener('abort', end));
}

const MOST_LISTENERS = 20;

const changesNothing = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

const callerOf = (req: Request) => ({
  address: req.ip ?? '',
  protocol: req.protocol,
  host: req.host ?? '',
});
