import { currentContext } from '@outerpark/chassis/context';
import { problem } from '@outerpark/chassis/errors';
import { neverConnected } from '@outerpark/chassis/http/client';
import { inHttpCall } from '@outerpark/chassis/telemetry/http-call';
import type { Request, RequestHandler, Response } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import { bodyWithin, declaredLength, hasBody, wholeBody } from './body';
import { asProblem, isReplicasFault } from './failures';
import { callerOf, requestHeaders, responseHeaders } from './headers';
import type { Replica } from './replicas';

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
  return async (req, res, next) => {
    if (declaredLength(req.headers) > bodyLimit) throw problem('body-too-large');
    const whole = hasBody(req) ? await wholeBody(req) : null;
    const { method, originalUrl: path } = req;

    const send = ({ url, pool }: Replica): Promise<number> =>
      inHttpCall(method, url + path, statusOf, () => {
        const headers = requestHeaders(req.headers, callerOf(req), currentContext());
        const body = whole === undefined ? Readable.from(bodyWithin(bodyLimit, req), { objectMode: false }) : whole;
        return exchange(pool, { method, path, headers, body }, res, {
          broken: (error) => next(asProblem(error)),
          stopping,
        });
      });
    try {
      await firstAnswer(replicasFor(req), send, { repeatable: changesNothing(req), res });
    } catch (error) {
      if (!hasLeft(res)) throw asProblem(error);
    }
  };
}

/**
 * The first answer that a replica gives. What never connected goes to the next replica; after any other failure the request may
 * have been carried out, so that it is sent once more only when it is repeatable.
 */
async function firstAnswer(
  replicas: Replica[],
  send: (replica: Replica) => Promise<number>,
  { repeatable, res }: { repeatable: boolean; res: Response },
): Promise<number> {
  if (replicas.length === 0) throw problem('service-unavailable', 'No replica is known', { retryAfterSeconds: 1 });
  let repeats = repeatable ? 1 : 0;
  let failure: unknown;
  for (const replica of replicas) {
    try {
      return await send(replica);
    } catch (error) {
      if (hasLeft(res) || !isReplicasFault(error)) throw error;
      replica.doubt(error);
      failure = error;
      if (!neverConnected(error) && repeats-- === 0) break;
    }
  }
  throw failure;
}

const statusOf = (status: number): number => status;

interface ExchangeOptions {
  /** The answer ended too early, when its beginning was passed on already. */
  broken: (error: Error) => void;
  stopping: AbortSignal | undefined;
}

/**
 * Sends a request and writes what comes into the answer; gives the status when that begins. Not undici's `request` and a pipeline:
 * the streams, signals and their errors for each request cost more than the passing on, and a short answer goes out in one write.
 */
function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  res: Response,
  { broken, stopping }: ExchangeOptions,
): Promise<number> {
  return new Promise((begin, fail) => {
    let begun = false;
    let drains = false;
    pool.dispatch(request, {
      onRequestStart: (controller) => {
        const left = () => {
          if (!res.writableFinished) controller.abort(new Error('The client has left'));
        };
        if (res.closed) left();
        else res.once('close', left);
      },
      onResponseStart: (controller, statusCode, headers) => {
        if (statusCode < 200) return;
        res.statusCode = statusCode;
        const passed = responseHeaders(headers);
        // Most of them are the same as ours, and to look is cheaper than to set.
        for (const name in passed) if (res.getHeader(name) !== passed[name]) res.setHeader(name, passed[name]!);
        // An answer of unknown length may be a stream whose first event is far away.
        if (headers['content-length'] === undefined) res.flushHeaders();
        if (stopping && isEventStream(headers))
          endWith(stopping, res, () => controller.abort(new Error('The gateway ends')));
        begun = true;
        begin(statusCode);
      },
      onResponseData: (controller, chunk) => {
        if (res.writableEnded || res.write(chunk)) return;
        controller.pause();
        // One for all: from an answer that is compressed no listener can be taken away.
        if (!drains) res.on('drain', () => controller.resume());
        drains = true;
      },
      onResponseEnd: () => {
        if (!res.writableEnded) res.end();
      },
      onResponseError: (_controller, error) => {
        if (!begun) return fail(error);
        if (res.writableEnded || res.closed) return;
        // It must be seen that it is broken.
        res.flushHeaders();
        broken(error);
      },
    });
  });
}

const isEventStream = (headers: IncomingHttpHeaders): boolean =>
  String(headers['content-type']).startsWith('text/event-stream');

/** Ends the answer as if the service had, and only then leaves the service. */
function endWith(stopping: AbortSignal, res: Response, leave: () => void): void {
  const end = () => void res.end(leave);
  if (stopping.aborted) return end();
  stopping.addEventListener('abort', end);
  res.once('close', () => stopping.removeEventListener('abort', end));
}

/** Neither answered whole nor broken off by the service. */
const hasLeft = (res: Response): boolean => res.closed && !res.writableFinished;

const changesNothing = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';
