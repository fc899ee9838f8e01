import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { createMetrics } from '@outerpark/chassis/metrics';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { feeder } from '@outerpark/chassis/testing/messages';
import { startServiceProcess } from '@outerpark/chassis/testing/service-process';
import type { EventType } from '@outerpark/contracts/events';
import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import type { Problem } from '@outerpark/contracts/http/problems';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import request from 'supertest';
import { startReservation } from '../src/app';
import { readConfig } from '../src/config';
import { subscriptions } from '../src/messaging/subscriptions';
import { migrations } from '../src/persistence/migrations';
import { ReservationEntity } from '../src/persistence/reservation-entity';
import { createConfirmPaid } from '../src/use-cases/change-reservation';

export type TestReservation = Awaited<ReturnType<typeof startTestReservation>>;
export type TestMusical = Awaited<ReturnType<typeof startTestMusical>>;

const HTTP_ONLY = { ROLES: 'http', KAFKA_BROKERS: 'unused.invalid:9092' };
const common = (issuer: TestIssuer) => ({ OIDC_ISSUER: issuer.issuer, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' });

/** The real musical service, as a process on a database of its own: a service never imports another, not even in its tests. */
export async function startTestMusical(issuer: TestIssuer, settings: Record<string, string> = HTTP_ONLY) {
  const database = await createTestDatabase();
  const env = { ...common(issuer), DATABASE_URL: database.url, ...settings };
  const process = await startServiceProcess('musical', env);
  const admin = await issuer.token({ sub: 'admin', roles: ['admin'], expiresIn: '1h' });

  return {
    url: process.url,
    env,
    process,
    register: async (body: RegisterMusical): Promise<Musical> =>
      (await request(process.url).post('/api/musicals').auth(admin, { type: 'bearer' }).send(body)).body as Musical,
    /** Free seats of a musical's only grade. */
    free: async ({ id }: { id: string }): Promise<number> => {
      const { body } = (await request(process.url).get(`/api/musicals/${id}`)) as { body: Musical };
      return body.performances[0]!.grades[0]!.free;
    },
    stop: async () => {
      await process.stop();
      await database.drop();
    },
  };
}

/**
 * The service on a database of its own, spoken to as the gateway would. The other services' events are fed to the service's own
 * inbox, so that a test says in which order they come; what it publishes is read from its outbox.
 */
export async function startTestReservation(issuer: TestIssuer, musicalUrl: string, settings: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const env = { ...common(issuer), ...HTTP_ONLY, DATABASE_URL: database.url, MUSICAL_URL: musicalUrl, ...settings };
  const logger = createLogger('reservation', 'silent');
  const service = await startReservation(readConfig(env), { logger, metrics: createMetrics('reservation') });
  const store = await openDatabase({
    url: database.url,
    name: 'test',
    poolSize: 4,
    migrations,
    entities: [ReservationEntity],
  });
  const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
  const readers = subscriptions(createConfirmPaid(outbox, () => new Date()));
  const inbox = createInbox({ store, readers, logger });

  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (by: string): Promise<string> => {
    const roles = by === 'admin' ? ['admin'] : ['customer'];
    const token = tokens.get(by) ?? issuer.token({ sub: by, roles, email: `${by}@example.com`, locale: 'en', expiresIn: '1h' });
    tokens.set(by, token);
    return token;
  };
  const call = async (method: 'get' | 'post' | 'delete', path: string, { by = 'alice', url = service.url } = {}) =>
    request(url)[method](path).auth(await tokenOf(by), { type: 'bearer' });

  return {
    url: service.url,
    env,
    store,
    outbox,
    readers,
    inbox,
    feed: feeder(inbox),
    tokenOf,
    reserve: async (body: unknown, { by, key, url }: { by?: string; key?: string; url?: string } = {}) =>
      (await pending('post', '/api/reservations', { by, url }, key)).send(body as object),
    get: async (id: string, by?: string) => call('get', `/api/reservations/${id}`, { by }),
    cancel: async (id: string, { by, key }: { by?: string; key?: string } = {}) =>
      pending('delete', `/api/reservations/${id}`, { by }, key),
    payAgain: async (id: string, { by, key }: { by?: string; key?: string } = {}) =>
      pending('post', `/api/reservations/${id}/payment`, { by }, key),
    stop: async () => {
      await service.stop();
      await store.close();
      await database.drop();
    },
  };
}
