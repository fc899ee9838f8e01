import { Router } from 'express';
import type { RequestListener } from 'node:http';
import { problem } from '../errors';
import type { ServiceTools } from '../service';
import { waitFor } from '../waiting';
import { createHttpApp, type HttpApp } from './app';
import type { Checks } from './health';
import { listen, type HttpServer, type ListenOptions } from './server';

/** A server that listens before its service has what it needs: it is alive and unready, and `/readyz` says what it waits for. */
export interface EarlyServer extends HttpServer {
  /** Tries until it succeeds. Closes the server and throws when that is in vain, or when the process is to end. */
  waitFor<T>(what: string, attempt: () => Promise<T>): Promise<T>;
  /** From now on this app answers. */
  serve(app: HttpApp): void;
}

export async function listenEarly(config: ListenOptions, tools: ServiceTools): Promise<EarlyServer> {
  const { logger, metrics, stopping } = tools;
  const ready: Checks = { start: waiting('starting') };
  let app = createHttpApp({ logger, metrics, ready, routes: refuseAll() });
  const answer: RequestListener = (req, res) => app(req, res);
  const server = await listen(Object.assign(answer, { drain: () => app.drain(), metrics: app.metrics }), config);

  return {
    ...server,
    waitFor: async (what, attempt) => {
      const onFailure = (reason: string) => (ready.start = waiting(`waiting for ${what}: ${reason}`));
      try {
        return await waitFor(what, attempt, { logger, stopping, onFailure });
      } catch (error) {
        await server.close(0);
        throw error;
      }
    },
    serve: (next) => (app = next),
  };
}

const waiting = (reason: string) => () => {
  throw new Error(reason);
};

const refuseAll = (): Router =>
  Router().use(() => {
    throw problem('service-unavailable', 'The service is starting', { retryAfterSeconds: 1 });
  });
