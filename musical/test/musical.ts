import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { eventReader } from '@outerpark/chassis/messaging/reading';
import { createMetrics } from '@outerpark/chassis/metrics';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { feeder, messageOf } from '@outerpark/chassis/testing/messages';
import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import type { Problem } from '@outerpark/contracts/http/problems';
import request from 'supertest';
import { startMusical } from '../src/app';
import { readConfig } from '../src/config';
import { subscriptions } from '../src/messaging/subscriptions';
import { migrations } from '../src/persistence/migrations';
import { createReleaseSeats } from '../src/use-cases/end-hold';

export type TestMusical = Awaited<ReturnType<typeof startTestMusical>>;

/**
 * The service on a database of its own, spoken to as the gateway and the reservation service would. Reservation's events are fed to
 * the service's own inbox, so that a test says in which order they come; what it publishes is read from its outbox.
 */
export async function startTestMusical(settings: Record<string, string> = {}) {
  const [database, issuer] = await Promise.all([createTestDatabase(), startTestIssuer()]);
  const env = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: 'unused.invalid:9092',
    OIDC_ISSUER: issuer.issuer,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    ROLES: 'http',
    ...settings,
  };
  const logger = createLogger('musical', 'silent');
  const service = await startMusical(readConfig(env), { logger, metrics: createMetrics('musical') });
  const store = await openDatabase({ url: database.url, name: 'test', poolSize: 4, migrations });

  const outbox = createOutbox({ source: 'outerpark/musical', wake: () => undefined });
  const readers = { 'reservation.events': eventReader(subscriptions(createReleaseSeats(outbox, () => new Date()))) };
  const inbox = createInbox({ store, readers, logger });

  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (sub: string, role = 'customer'): Promise<string> => {
    const token = tokens.get(sub) ?? issuer.token({ sub, roles: [role] });
    tokens.set(sub, token);
    return token;
  };
  const admin = () => tokenOf('admin', 'admin');

  const register = async (body: unknown, headers: Record<string, string> = {}) =>
    request(service.url)
      .post('/api/musicals')
      .auth(await admin(), { type: 'bearer' })
      .set(headers)
      .send(body as object);

  const hold = async (wanted: WantedSeats, { by = 'alice', id = String(randomUUID()), url = service.url } = {}) =>
    request(url)
      .post('/internal/holds')
      .auth(await tokenOf(by), { type: 'bearer' })
      .send({ reservationId: id, wanted });

  return {
    url: service.url,
    env,
    issuer,
    store,
    readers,
    inbox,
    feed: feeder(inbox),
    tokenOf,
    admin,
    register,
    /** Registers and answers the musical. */
    musical: async (body: RegisterMusical): Promise<Musical> => (await register(body)).body as Musical,
    get: async (id: string) => (await request(service.url).get(`/api/musicals/${id}`)).body as Musical,
    hold,
    /** The seats of each grade by name, with the check of I1: free + held + sold = capacity. */
    seats: async (performanceId: string): Promise<Record<string, number>> => {
      const grades = await store.query<{ name: string; free: number; taken: number; capacity: number }>(
        `SELECT g.name, g.free, g.capacity, coalesce(sum((line->>'seats')::int), 0)::int AS taken
         FROM grade g
         LEFT JOIN hold h ON h.performance_id = g.performance_id AND h.state <> 'released'
         LEFT JOIN LATERAL jsonb_array_elements(h.lines) line ON line->>'gradeId' = g.id::text
         WHERE g.performance_id = $1 GROUP BY g.id ORDER BY g.place`,
        [performanceId],
      );
      for (const { name, free, taken, capacity } of grades) {
        if (free < 0 || free + taken !== capacity) throw new Error(`I1: ${name} has ${free} + ${taken} of ${capacity}`);
      }
      return Object.fromEntries(grades.map(({ name, free }) => [name, free]));
    },
    /** What was published of this aggregate, in order. */
    published: async (subject: string): Promise<{ type: string; version: number; data: Record<string, unknown> }[]> => {
      const rows = await store.query<{ type: string; version: number; body: string }>(
        `SELECT headers->>'ce_type' AS type, version, body FROM outbox WHERE subject = $1 ORDER BY version`,
        [subject],
      );
      return rows.map(({ type, version, body }) => ({
        type,
        version,
        data: (JSON.parse(body) as { data: Record<string, unknown> }).data,
      }));
    },
    stop: async () => {
      await service.stop();
      await store.close();
      await issuer.stop();
      await database.drop();
    },
  };
}

/** How a reservation ends, as its event comes from Kafka. */
export function ended(
  how: 'Confirmed' | 'Cancelled' | 'Expired' | 'Abandoned',
  {
    reservationId,
    performanceId = randomUUID(),
    by = 'alice',
  }: { reservationId: string; performanceId?: string; by?: string },
  { version = 2, value }: { version?: number; value?: string } = {},
): ReturnType<typeof messageOf> {
  const data = { reservationId, customerId: by, performanceId, price: 50_000 };
  const about = { subject: reservationId, version, value };
  switch (how) {
    case 'Confirmed':
      return messageOf({ type: 'ReservationConfirmed', data }, about);
    case 'Cancelled':
      return messageOf({ type: 'ReservationCancelled', data: { ...data, by: 'customer' } }, about);
    case 'Expired':
      return messageOf({ type: 'ReservationExpired', data }, about);
    case 'Abandoned':
      return messageOf({ type: 'ReservationAbandoned', data: { reservationId, customerId: by } }, about);
  }
}

/** The name of the problem in an answer. */
export const problemOf = ({ body }: { body: unknown }): string =>
  String((body as Problem).type).replace('urn:outerpark:problem:', '');

export const heldIn = ({ body }: { body: unknown }): Hold => body as Hold;

/** One performance in ten days; grades by name with their seats, all at 50,000 won. */
export const oneNight = (
  grades: Record<string, number>,
  { maxPerCustomer }: { maxPerCustomer?: number } = {},
): RegisterMusical => ({
  name: 'Hadestown',
  performances: [
    {
      startsAt: inDays(10),
      venue: 'Charlotte Theater',
      maxPerCustomer,
      grades: Object.entries(grades).map(([name, seats]) => ({ name, price: 50_000, seats })),
    },
  ],
});

export const inDays = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
