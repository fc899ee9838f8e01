import { createHttpApp } from '@outerpark/chassis/http/app';
import { requireIdentity } from '@outerpark/chassis/http/auth';
import type { Lookup } from '@outerpark/chassis/http/replica-urls';
import { listen } from '@outerpark/chassis/http/server';
import { createTokenVerifier } from '@outerpark/chassis/http/token-verifier';
import type { Logger } from '@outerpark/chassis/logger';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import { Router, type RequestHandler } from 'express';
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { noticeUnknownProxy } from './addresses';
import { compress } from './compress';
import type { Config } from './config';
import { crossOrigin } from './cross-origin';
import { limitAddress, limitCustomer } from './limits';
import { measureReplicas } from './metrics';
import { proxy } from './proxy';
import { createReplicas, type Replicas } from './replicas';
import { routes } from './routes';
import { createCookies } from './session/cookies';
import { createIssuer } from './session/issuer';
import { sessionAsToken } from './session/middleware';
import { createSeal } from './session/seal';
import { createSessions } from './session/sessions';
import { signInRoutes } from './session/sign-in';
import { limitStreams } from './streams';
import { createSeeSystem } from './system';
import { webPages } from './web-pages';

/** Puts the gateway together and starts it: the one way in. It stores nothing. */
export async function startGateway(
  config: Config,
  { logger, metrics, tracer }: ServiceTools,
  { lookup }: { lookup?: Lookup } = {},
): Promise<RunningService> {
  const replicasOf = (service: string, urls: string[]) =>
    createReplicas({ service, urls, lookup, timeoutMs: config.upstreamTimeoutMs, logger });
  const musical = replicasOf('musical', config.musicalUrl);
  const reservation = replicasOf('reservation', config.reservationUrl);
  const payment = replicasOf('payment', config.paymentUrl);
  const notification = replicasOf('notification', config.notificationUrl);
  const mypage = replicasOf('mypage', config.mypageUrl);
  measureReplicas(metrics, { musical, reservation, payment, notification, mypage });
  const services = { musical, reservation, payment, notification, mypage };
  // Whom there is nobody of is no fault of this process, but it has to have asked.
  const ready = Object.fromEntries(Object.entries(services).map(([service, { check }]) => [service, check]));

  const bodyLimit = config.bodyLimitBytes;
  const inTurn = (replicas: Replicas) => proxy({ replicasFor: replicas.inTurn, bodyLimit });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);

  const { oidcIssuer, oidcDiscoveryUrl: discoveryUrl, publicUrl: origins } = config;
  const verify = createTokenVerifier({ issuer: oidcIssuer, audience: config.oidcAudience, discoveryUrl });
  const issuer = createIssuer({
    ...{ issuer: oidcIssuer, discoveryUrl, scope: config.oidcScope },
    ...{ clientId: config.oidcClientId, clientSecret: config.oidcClientSecret },
  });
  const seal = createSeal(config.sessionSecret ?? passingSecret(logger));
  const cookies = createCookies(origins[0]!);
  const sessions = createSessions({ seal, cookies, issuer, verify, longestMs: config.sessionMaxMs });

  const app = createHttpApp({
    logger,
    metrics,
    tracer,
    ready,
    before: [
      compress,
      crossOrigin(config.corsOrigins),
      noticeUnknownProxy(logger),
      limitAddress(config.addressRequestsPerMinute),
      outsideApi(
        Router().use(
          webPages({ dir: config.webDir, formTargets: [new URL(oidcIssuer).origin] }),
          signInRoutes({ issuer, sessions, seal, cookies, origins, logger }),
        ),
      ),
      sessionAsToken(sessions, origins),
    ],
    verify,
    bodyLimit: false,
    trustProxy: config.trustedProxies,
    routes: routes(
      {
        musical: inTurn(musical),
        reservation: inTurn(reservation),
        payment: inTurn(payment),
        notification: inTurn(notification),
        // Each replica reads the events at its own pace: a customer who stays with one never sees time run backwards.
        mypage: proxy({
          replicasFor: (req) => mypage.nearestTo(requireIdentity(req).customerId),
          bodyLimit,
          stopping: stopping.signal,
        }),
      },
      () => [
        ...Object.entries({ musical, reservation, payment, notification }).map(([service, replicas]) => ({
          ...{ service, name: service, replicas: replicas.inTurn },
        })),
        // Each has a file of its own, and with it its own troubles.
        ...mypage.all.map((replica) => ({
          ...{ service: 'mypage', name: `mypage at ${replica.url}`, replicas: () => [replica] },
        })),
        ...(mypage.all.length === 0 ? [{ service: 'mypage', name: 'mypage', replicas: () => [] }] : []),
      ],
      createSeeSystem(services, { metrics, ready }),
      {
        session: { sessions, cookies },
        limitCustomer: limitCustomer(config.customerRequestsPerMinute),
        limitStreams: limitStreams(
          { perCustomer: config.customerStreams, perAddress: config.addressStreams, total: config.streams },
          metrics,
        ),
      },
    ),
  });
  const server = await listen(app, config);

  const shutdown = createShutdown(logger);
  shutdown.onStop('end the streams', () => stopping.abort());
  shutdown.onStop('close the server', () => server.close(DRAIN_MS));
  shutdown.onStop('close the connections to the services', () =>
    Promise.all(Object.values(services).map((replicas) => replicas.close())),
  );
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}

/** Calls of the API pass by what is for browsers' address bars. */
const outsideApi =
  (handler: RequestHandler): RequestHandler =>
  (req, res, next) =>
    req.url.startsWith('/api/') ? next() : handler(req, res, next);

/** Within the process's deadline, and long enough for a request that waits for a slow service. */
const DRAIN_MS = 20_000;

const passingSecret = (logger: Logger): string[] => {
  logger.warn('no SESSION_SECRET: sessions end with this process, and no other replica knows them');
  return [randomBytes(32).toString('base64url')];
};
