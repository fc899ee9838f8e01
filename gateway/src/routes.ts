import { problem } from '@outerpark/chassis/errors';
import { requireIdentity } from '@outerpark/chassis/http/auth';
import { documentHandler } from '@outerpark/chassis/http/openapi';
import { idParam } from '@outerpark/chassis/http/validate';
import type { SystemReport } from '@outerpark/contracts/http/system';
import { Router, type Request, type RequestHandler } from 'express';
import { addDocs } from './docs';
import { document } from './document';
import type { Source } from './gather';
import { addOperatorRoutes } from './operators';
import { addSessionRoutes, type SessionApi } from './session/routes';

export type ServiceName = 'musical' | 'reservation' | 'payment' | 'notification' | 'mypage';
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** Whoever has an identity; what it may do is decided by the service. A watcher has one too, and is answered without an end. */
type Who = 'anyone' | 'identity' | 'watcher';

/** All that can be reached from outside. Each `:id` is a UUID. A webhook has a signature in place of a token, which its service verifies. */
const table: [Method, path: string, Who, ServiceName][] = [
  ['get', '/api/musicals', 'anyone', 'musical'],
  ['post', '/api/musicals', 'identity', 'musical'],
  ['get', '/api/musicals/:id', 'anyone', 'musical'],
  ['patch', '/api/musicals/:id/grades/:gradeId', 'identity', 'musical'],
  ['post', '/api/performances/:id/waiting-room', 'identity', 'musical'],
  ['get', '/api/performances/:id/waiting-room', 'identity', 'musical'],
  ['put', '/api/admin/waiting-rooms/:id', 'identity', 'musical'],
  ['post', '/api/reservations', 'identity', 'reservation'],
  ['get', '/api/reservations/:id', 'identity', 'reservation'],
  ['delete', '/api/reservations/:id', 'identity', 'reservation'],
  ['post', '/api/reservations/:id/payment', 'identity', 'reservation'],
  ['get', '/api/payments', 'identity', 'payment'],
  ['post', '/api/payments/webhooks/:provider', 'anyone', 'payment'],
  ['get', '/api/notifications', 'identity', 'notification'],
  ['get', '/api/notifications/preferences', 'identity', 'notification'],
  ['put', '/api/notifications/preferences', 'identity', 'notification'],
  ['post', '/api/admin/notifications/:id/resend', 'identity', 'notification'],
  ['get', '/api/mypage', 'identity', 'mypage'],
  ['get', '/api/mypage/stream', 'watcher', 'mypage'],
  ['get', '/api/admin/reservations/:id/story', 'identity', 'mypage'],
  ['get', '/api/admin/stories/:correlationId', 'identity', 'mypage'],
];

/** What stands between the outside and the services. */
export interface Edge {
  session: SessionApi;
  limitCustomer: RequestHandler;
  limitStreams: RequestHandler;
}

export function routes(
  proxies: Record<ServiceName, RequestHandler>,
  sources: () => Source[],
  seeSystem: (req: Request) => Promise<SystemReport>,
  { session, limitCustomer, limitStreams }: Edge,
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(plainPath, limitCustomer);
  router.get('/', welcome);
  router.get('/api/openapi.json', documentHandler(document));
  addDocs(router);
  const before = { anyone: [], identity: [identity], watcher: [identity, limitStreams] };
  for (const name of ['id', 'gradeId']) router.param(name, uuid);
  for (const [method, path, who, service] of table) {
    router[method](path, ...before[who], proxies[service]);
  }
  return addOperatorRoutes(addSessionRoutes(router, session), sources, proxies, seeSystem);
}

/** `/a/b.c:d`, without escapes, empty or dotted segments or a host before it. */
const PLAIN_PATH = /^(\/|(\/[\w:-]+(\.[\w:-]+)*)+)$/;

/**
 * No path of ours needs an escape. Whatever is written in an odd form might be read differently here and in a service, and
 * reach what the table does not name.
 */
const plainPath: RequestHandler = (req, _res, next) => {
  if (!PLAIN_PATH.test(req.originalUrl.split('?', 1)[0]!)) throw problem('not-found');
  next();
};

const uuid = (req: Parameters<typeof idParam>[0], _res: unknown, next: () => void, _value: string, name: string) => {
  idParam(req, name);
  next();
};

const identity: RequestHandler = (req, _res, next) => {
  if (req.sessionDoubt) throw req.sessionDoubt;
  requireIdentity(req);
  next();
};

const welcome: RequestHandler = (_req, res) => {
  res.json({
    name: 'OuterPark',
    about: 'Ticket reservation for musicals',
    musicals: '/api/musicals',
    mypage: '/api/mypage',
    document: '/api/openapi.json',
    docs: '/api/docs',
  });
};
