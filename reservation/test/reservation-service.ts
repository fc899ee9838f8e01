import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@outerpark/chassis/logger';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { createMetrics } from '@outerpark/chassis/metrics';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { feeder } from '@outerpark/chassis/testing/messages';
import { WAITED_HEADER, type Hold, type HoldRequest } from '@outerpark/contracts/http/holds';
import supertest from 'supertest';
import { startReservation } from '../src/app';
import { readConfig } from '../src/config';
import { subscriptions } from '../src/messaging/subscriptions';
import { migrations } from '../src/persistence/migrations';
import { ReservationEntity } from '../src/persistence/reservation-entity';
import { createConfirmPaid } from '../src/use-cases/change-reservation';

/** What the stub of musical does with the next calls. */
export type MusicalMood =
  | { kind: 'hold' }
  | { kind: 'answer'; status: number; body: unknown; headers?: Record<string, string> }
  | { kind: 'silence' }
  | { kind: 'reset' }
  /** Holds, or what else is said, but the answer comes when it is let go. */
  | { kind: 'wait'; until: Promise<unknown>; then?: { status: number; body: unknown } };

export const musicalId = '0190f3a2-7c1e-7b4d-9a1b-00000000aaaa';

/** Musical as the reservation service meets it over HTTP: the tests of faults decide what it answers. */
export async function startMusicalStub() {
  let mood: MusicalMood = { kind: 'hold' };
  const requests: HoldRequest[] = [];
  const waited: unknown[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const request = JSON.parse(Buffer.concat(chunks).toString()) as HoldRequest;
      requests.push(request);
      waited.push(req.headers[WAITED_HEADER]);
      const send = (status: number, body: unknown, headers?: Record<string, string>) =>
        res
          .writeHead(status, {
            'content-type': status < 400 ? 'application/json' : 'application/problem+json',
            ...headers,
          })
          .end(JSON.stringify(body));
      switch (mood.kind) {
        case 'hold':
          return send(200, holdFor(request));
        case 'answer':
          return send(mood.status, mood.body, mood.headers);
        case 'silence':
          return;
        case 'reset':
          return req.socket.destroy();
        case 'wait': {
          const { until, then = { status: 200, body: holdFor(request) } } = mood;
          return void until.then(() => send(then.status, then.body));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** For how long each of them was under way, as musical was told. */
    waited,
    is: (next: MusicalMood) => (mood = next),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function holdFor({ reservationId, wanted }: HoldRequest): Hold {
  const seats = 'seats' in wanted ? wanted.seats : wanted.lines.reduce((sum, line) => sum + line.seats, 0);
  return {
    reservationId,
    musicalId,
    musical: 'Chagall',
    performanceId: '0190f3a2-7c1e-7b4d-9a1b-00000000bbbb',
    startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    venue: 'Seoul',
    lines: [{ gradeId: '0190f3a2-7c1e-7b4d-9a1b-00000000cccc', grade: 'R', seats, price: 10_000 }],
    seats,
    price: seats * 10_000,
  };
}

export interface OutboxRow {
  type: string;
  version: number | null;
  data: Record<string, unknown>;
}

/** The reservation service on a database of its own, its Kafka side replaced by feeding the inbox. */
export async function startReservationService(env: Record<string, string> = {}, whose?: TestIssuer) {
  const database = await createTestDatabase();
  const issuer = whose ?? (await startTestIssuer());
  const musical = await startMusicalStub();
  const logger = createLogger('reservation', 'silent');
  const config = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    ROLES: 'http,worker',
    OIDC_ISSUER: issuer.issuer,
    DATABASE_URL: database.url,
    // Nobody connects: this process has neither the relay's nor the consumer's role.
    KAFKA_BROKERS: '127.0.0.1:1',
    MUSICAL_URL: musical.url,
    MUSICAL_TIMEOUT_MS: '300',
    BREAKER_VOLUME: '1000',
    SWEEP_EVERY_MS: '20',
    EXPIRY_GRACE_MS: '0',
    ...env,
  });
  const service = await startReservation(config, { logger, metrics: createMetrics('reservation') });
  const store: Database = await openDatabase({
    name: 'test',
    url: database.url,
    poolSize: 4,
    migrations,
    entities: [ReservationEntity],
  });
  const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
  const now = () => new Date();
  const inbox = createInbox({ store, readers: subscriptions(createConfirmPaid(outbox, now)), logger });

  return {
    url: service.url,
    databaseUrl: database.url,
    issuer,
    musical,
    store,
    feed: feeder(inbox),
    api: supertest(service.url),
    token: async (sub: string, roles = ['customer']) =>
      `Bearer ${await issuer.token({ sub, roles, email: `${sub}@example.com`, name: sub, locale: 'ko' })}`,
    /** What would go to Kafka about an aggregate, in order. */
    published: async (subject: string): Promise<OutboxRow[]> => {
      const rows = await store.query<{ headers: Record<string, string>; body: string }>(
        `SELECT headers, body FROM outbox WHERE subject = $1 ORDER BY seq`,
        [subject],
      );
      return rows.map(({ headers, body }) => {
        const { version = null, data } = JSON.parse(body) as { version?: number; data?: Record<string, unknown> };
        return { type: headers.ce_type!, version, data: data ?? {} };
      });
    },
    /** As if everything had reached Kafka long ago, and payment's events were applied up to this time. */
    caughtUp: async (until: Date) => {
      await store.query(`UPDATE outbox SET published_at = $1`, [new Date(0)]);
      await store.query(
        `INSERT INTO consumer_offset (topic, partition, at_end_at) SELECT 'payment.events', generate_series(0, 11), $1::timestamptz
         ON CONFLICT (topic, partition) DO UPDATE SET at_end_at = $1, applied_time = NULL`,
        [until],
      );
    },
    stop: async () => {
      await service.stop();
      await store.close();
      await musical.stop();
      if (!whose) await issuer.stop();
      await database.drop();
    },
  };
}

export type ReservationService = Awaited<ReturnType<typeof startReservationService>>;
