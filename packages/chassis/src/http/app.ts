import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import helmet, { type HelmetOptions } from 'helmet';
import type { RequestListener } from 'node:http';
import { problem, ProblemError } from '../errors';
import type { Logger } from '../logger';
import { metricsListener, type Metrics } from '../metrics';
import { authenticate, type TokenVerifier } from './auth';
import { livez, readyz, type Checks } from './health';
import { documentHandler, type OpenApiDocument } from './openapi';
import { asProblem, problemHandler, sendProblem } from './problem-details';
import type { Tracer } from '../telemetry/tracer';
import { requestContext, requestLog } from './request-log';

export interface HttpAppOptions {
  logger: Logger;
  metrics: Metrics;
  /** Of the requests' spans. */
  tracer?: Tracer | undefined;
  /** What `/readyz` asks: name -> a check that throws with the reason. */
  ready: Checks;
  /** What `/readyz` tells beside, without being unready for it. */
  notes?: Checks;
  /** Throws when only a restart helps. */
  live?: () => void;
  /** Routes with whole paths. */
  routes: Router;
  /** What `GET /openapi.json` answers. */
  document?: OpenApiDocument;
  /** False in a process without the role `http`: it answers probes and metrics only. */
  serves?: boolean;
  /** What comes before the identity is known, such as limits, pages and sessions. */
  before?: RequestHandler[];
  /** Without it no request has an identity. */
  verify?: TokenVerifier;
  /** Of JSON bodies; false leaves bodies unread, for a proxy. */
  bodyLimit?: string | false;
  /** In place of the headers of an API that serves no pages. */
  securityHeaders?: HelmetOptions;
  /** Whose X-Forwarded-* headers count, as express has it: addresses and subnets, or how many proxies; nobody's by default. */
  trustProxy?: string[] | number;
}

export interface HttpApp extends RequestListener {
  /** From now on `/readyz` answers 503 and every answer closes its connection. */
  drain(): void;
  /** Serves `/metrics`, which `listen` has beside the app or on a port of its own. */
  metrics: RequestListener;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** The JSON body as it was sent: signatures are over bytes. */
    rawBody?: Buffer;
  }
}

const apiHeaders: HelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
};

/** Everything around a service's routes: probes, context, log, identity, body, problems. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { logger, metrics, ready, live, verify, bodyLimit = '100kb', securityHeaders = apiHeaders } = options;
  const serves = options.serves ?? true;
  const routes = serves ? options.routes : express.Router();
  const headers = alwaysTheSame(securityHeaders);
  let draining = false;
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', options.trustProxy ?? []);
  if (Array.isArray(options.trustProxy)) app.set('trust proxy', remembered(app.get('trust proxy fn') as Trusts));

  app.use((_req, res, next) => {
    if (draining) res.setHeader('Connection', 'close');
    next();
  });
  app.get('/livez', livez(live));
  app.get(
    '/readyz',
    readyz(ready, () => draining, options.notes),
  );
  if (options.document && serves) app.get('/openapi.json', documentHandler(options.document));

  app.use(requestContext(options.tracer), requestLog(logger, metrics), (_req, res, next) => {
    res.setHeaders(headers);
    next();
  });
  if (options.before) app.use(options.before);
  if (verify) app.use(authenticate(verify));
  if (bodyLimit !== false) app.use(jsonBody(bodyLimit));
  app.use(routes, notOffered(routes), problemHandler(logger));

  // A target that is no URL, such as http://[::1/, is passed by every layer: only here it can be answered.
  const answer: RequestListener = (req, res) =>
    app(req as Request, res as Response, (error: unknown = problem('invalid-request', 'The request cannot be read')) =>
      sendProblem(res as Response, asProblem(error)),
    );
  return Object.assign(answer, {
    drain: () => {
      draining = true;
    },
    metrics: metricsListener(metrics),
  });
}

type Trusts = (address: string) => boolean;
const REMEMBERED_ADDRESSES = 10_000;

/** Each request asks about the same addresses again and again, and reading an address costs much more than finding it. */
function remembered(trusts: Trusts): Trusts {
  const known = new Map<string, boolean>();
  return (address) => {
    let trusted = known.get(address);
    if (trusted === undefined) {
      if (known.size >= REMEMBERED_ADDRESSES) known.clear();
      known.set(address, (trusted = trusts(address)));
    }
    return trusted;
  };
}

/**
 * Helmet's headers, worked out once instead of for each answer. And answers are about one person's reservations, or about seats that
 * are gone in a second: no-store, unless a route says otherwise.
 */
function alwaysTheSame(securityHeaders: HelmetOptions): Map<string, string> {
  const headers = new Map([['Cache-Control', 'no-store']]);
  const answer = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: () => undefined,
  };
  helmet(securityHeaders)({} as Request, answer as unknown as Response, (error) => {
    if (error) throw error as Error;
  });
  return headers;
}

const JSON_TYPES = ['application/json', 'application/*+json'];

/** A body of another type is refused, not silently taken for none. */
function jsonBody(limit: string): RequestHandler {
  const parser = express.json({ limit, type: JSON_TYPES, strict: false, verify: keepRawBody });
  return (req, res, next) => {
    const length = req.headers['content-length'];
    if (req.headers['transfer-encoding'] === undefined && length === undefined) return next();
    if (length !== '0' && req.is(JSON_TYPES) === false) throw problem('unsupported-media-type');
    parser(req, res, next);
  };
}

const keepRawBody = (req: object, _res: object, body: Buffer): void => {
  (req as Request).rawBody = body;
};

/** No route took it: 405 when the path has one for another method, else 404. */
const notOffered =
  (routes: Router): RequestHandler =>
  (req) => {
    const methods = routes.stack.flatMap((layer) => {
      const known = layer as unknown as { route?: { methods: Record<string, boolean> }; match(path: string): boolean };
      return known.route && known.match(req.path) ? Object.keys(known.route.methods) : [];
    });
    if (methods.length === 0 || methods.includes(req.method.toLowerCase())) throw problem('not-found');
    const allow = [...new Set(methods)].map((method) => method.toUpperCase()).join(', ');
    throw new ProblemError('method-not-allowed', undefined, { headers: { Allow: allow } });
  };
