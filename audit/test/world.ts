import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { OutgoingMessage } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import type { RunningService, ServiceTools } from '@outerpark/chassis/service';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { events, type EventType } from '@outerpark/contracts/events';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { startMailInbox } from '@outerpark/dev/mail/start';
import { startSimulator } from '@outerpark/dev/simulator/start';
import { startMusical } from '@outerpark/musical/app';
import { readConfig as musicalConfig } from '@outerpark/musical/config';
import { startMyPage } from '@outerpark/mypage/app';
import { readConfig as mypageConfig } from '@outerpark/mypage/config';
import { startNotification } from '@outerpark/notification/app';
import { readConfig as notificationConfig } from '@outerpark/notification/config';
import { startPayment } from '@outerpark/payment/app';
import { readConfig as paymentConfig } from '@outerpark/payment/config';
import { startReservation } from '@outerpark/reservation/app';
import { readConfig as reservationConfig } from '@outerpark/reservation/config';
import { Client } from 'pg';
import { openCopy } from '../src/copy/copy';
import { copyTopics, TOPICS } from '../src/copy/topics';
import { STORED, type AuditedSystem, type Stored } from '../src/system';

/** Stores, topics and a provider of their own, with nothing in them yet or copied from another. */
export interface Stores {
  system: AuditedSystem;
  sql<Row = Record<string, unknown>>(service: Stored, sql: string, params?: unknown[]): Promise<Row[]>;
  publish(...messages: OutgoingMessage[]): Promise<void>;
  provider(method: string, path: string, body?: object, key?: string): Promise<unknown>;
  /** The same again, apart from these, with the messages as `changed` makes them. No service may be running. */
  copy(changed?: (message: OutgoingMessage) => OutgoingMessage): Promise<Stores>;
  end(): Promise<void>;
}

interface Original {
  system: AuditedSystem;
  dir: string;
  changed: (message: OutgoingMessage) => OutgoingMessage;
}

export async function createStores(from?: Original): Promise<Stores> {
  const dir = await mkdtemp(join(tmpdir(), 'audit-test-'));
  if (from) await cp(from.dir, dir, { recursive: true });
  const databases = {} as Record<Stored, { url: string; drop(): Promise<void> }>;
  for (const service of STORED) {
    databases[service] = await (from ? copyDatabase(from.system.databases[service]) : createTestDatabase());
  }
  const simulator = await startSimulator({ port: 0, dataDir: join(dir, 'simulator') });
  const kafka = testKafka();
  const broker = connectKafka({ ...kafka, clientId: 'test', logger: createLogger('test', 'silent') });
  // A broker may not know yet that it leads the topics it has just made.
  await eventually(broker.ensureTopics);
  await eventually(() => Promise.all(TOPICS.map(broker.ends)));
  const system: AuditedSystem = {
    databases: {
      musical: databases.musical.url,
      reservation: databases.reservation.url,
      payment: databases.payment.url,
      notification: databases.notification.url,
    },
    kafka,
    mypageDirs: [join(dir, 'mypage')],
    providerUrl: simulator.url,
  };
  if (from) await broker.publish((await messagesOf(from.system)).map(from.changed));

  return {
    system,
    sql: <Row>(service: Stored, sql: string, params?: unknown[]) =>
      withClient(system.databases[service], async (client) => (await client.query(sql, params)).rows as Row[]),
    publish: (...messages) => broker.publish(messages),
    provider: async (method, path, body, key) => {
      const headers = { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) };
      const answer = await fetch(simulator.url + path, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
    copy: (changed = (message) => message) => createStores({ system, dir, changed }),
    end: async () => {
      await broker.close();
      await simulator.stop();
      for (const { drop } of Object.values(databases)) await drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function copyDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const empty = await createTestDatabase();
  const [name, template] = [new URL(empty.url).pathname.slice(1), new URL(url).pathname.slice(1)];
  await withClient(process.env.TEST_POSTGRES_ADMIN_URL!, async (client) => {
    await client.query(`DROP DATABASE ${name}`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return empty;
}

/** In their order; the key brings each to the partition that it was in. */
async function messagesOf(system: AuditedSystem): Promise<OutgoingMessage[]> {
  const copy = openCopy();
  const topics = copyTopics(copy, system);
  try {
    await topics.reach(await topics.ends());
    return copy
      .all<{ topic: string; message: string }>('SELECT topic, message FROM event ORDER BY topic, partition, position')
      .map(({ topic, message }) => ({ topic, ...JSON.parse(message) }) as OutgoingMessage);
  } finally {
    await topics.stop();
    copy.close();
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface Services {
  registerMusical(body: object): Promise<Musical>;
  changeCapacity(musical: Musical, capacity: number): Promise<void>;
  reserve(customer: string, body: object): Promise<Reservation>;
  cancel(customer: string, id: string): Promise<void>;
  stop(): Promise<void>;
}

/** The services in this process, on these stores. */
export async function startServices({ system }: Stores, settings: Record<string, string> = {}): Promise<Services> {
  const issuer = await startTestIssuer();
  const inbox = await startMailInbox({ port: 0, smtpPort: 0 });
  const common = {
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    OIDC_ISSUER: issuer.issuer,
    OIDC_AUDIENCE: issuer.audience,
    KAFKA_BROKERS: system.kafka.brokers.join(','),
    TOPIC_PREFIX: system.kafka.topicPrefix,
    SWEEP_EVERY_MS: '100',
    ...settings,
  };
  const env = (service: Stored, more: Record<string, string> = {}) => ({
    ...common,
    DATABASE_URL: system.databases[service],
    ...more,
  });
  const musical = await startMusical(musicalConfig(env('musical')), tools('musical'));
  const reservation = await startReservation(
    reservationConfig(env('reservation', { MUSICAL_URL: musical.url })),
    tools('reservation'),
  );
  const payment = await startPayment(
    paymentConfig(env('payment', { PAYMENT_PROVIDER_URL: system.providerUrl })),
    tools('payment'),
  );
  const mypage = await startMyPage(mypageConfig({ ...common, DATA_DIR: system.mypageDirs[0]! }), tools('mypage'));
  const notification = await startNotification(
    notificationConfig(env('notification', { SMTP_URL: inbox.smtpUrl })),
    tools('notification'),
  );

  const call = caller(issuer);
  return {
    registerMusical: (body) => call<Musical>(musical, 'POST', '/api/musicals', 'admin', body),
    changeCapacity: ({ id, performances: [performance] }, capacity) =>
      call(musical, 'PATCH', `/api/musicals/${id}/grades/${performance!.grades[0]!.id}`, 'admin', { capacity }),
    reserve: (customer, body) => call<Reservation>(reservation, 'POST', '/api/reservations', customer, body),
    cancel: (customer, id) => call(reservation, 'DELETE', `/api/reservations/${id}`, customer),
    stop: async () => {
      for (const service of [reservation, musical, payment, notification, mypage, inbox]) await service.stop();
      await issuer.stop();
    },
  };
}

const tools = (service: string): ServiceTools => ({
  logger: createLogger(service, 'silent'),
  metrics: createMetrics(service),
});

const caller =
  (issuer: TestIssuer) =>
  async <Body>({ url }: RunningService, method: string, path: string, who: string, body?: object): Promise<Body> => {
    const roles = who === 'admin' ? ['admin'] : ['customer'];
    const token = await issuer.token({ sub: who, roles, email: `${who}@example.com`, name: who, locale: 'en' });
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  };

export interface Story {
  hamlet: Musical;
  macbeth: Musical;
  /** 10 seats of Hamlet for 400,000 KRW each. */
  confirmed: Reservation[];
  /** 1 seat of Hamlet for 40,000 KRW each; they may still be paid. */
  declined: Reservation[];
  /** 2 seats of Hamlet, declined and then cancelled. */
  unpaid: Reservation;
  /** 2 and 3 seats of Macbeth for 330,000 KRW, paid and then cancelled. */
  refunded: Reservation;
}

/** A little of everything. */
export async function playStory(stores: Stores, services: Services): Promise<Story> {
  const { registerMusical, reserve, cancel, changeCapacity } = services;
  const hamlet = await registerMusical({ name: 'Hamlet', reservableSeats: 50, price: 40_000 });
  await changeCapacity(hamlet, 60);
  const grades = [
    { name: 'R', price: 90_000, seats: 10 },
    { name: 'S', price: 50_000, seats: 10 },
  ];
  const startsAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const macbeth = await registerMusical({ name: 'Macbeth', performances: [{ startsAt, venue: 'Great Hall', grades }] });

  const reserveAndPay = async (customer: string, wanted: object, status: string): Promise<Reservation> => {
    const reservation = await reserve(customer, wanted);
    await paymentIs(stores, reservation.id, status);
    return reservation;
  };
  const confirmed = [
    await reserveAndPay('alice', { musicalId: hamlet.id, seats: 10 }, 'approved'),
    await reserveAndPay('carol', { musicalId: hamlet.id, seats: 10 }, 'approved'),
  ];
  const lines = [
    { grade: 'R', seats: 2 },
    { grade: 'S', seats: 3 },
  ];
  const performanceId = macbeth.performances[0]!.id;
  const refunded = await reserveAndPay('bob', { performanceId, lines }, 'approved');
  await cancel('bob', refunded.id);

  await stores.provider('PUT', '/faults', { declineAll: true });
  const declined = [
    await reserveAndPay('alice', { musicalId: hamlet.id, seats: 1 }, 'declined'),
    await reserveAndPay('dave', { musicalId: hamlet.id, seats: 1 }, 'declined'),
  ];
  const unpaid = await reserveAndPay('bob', { musicalId: hamlet.id, seats: 2 }, 'declined');
  await stores.provider('DELETE', '/faults');
  await cancel('bob', unpaid.id);
  return { hamlet, macbeth, confirmed, declined, unpaid, refunded };
}

export const paymentIs = (stores: Stores, reservationId: string, status: string): Promise<void> =>
  eventually(async () => {
    const select = 'SELECT status FROM payment WHERE reservation_id = $1';
    const [payment] = await stores.sql<{ status: string }>('payment', select, [reservationId]);
    if (payment?.status !== status) throw new Error(`the payment is ${payment?.status}, not ${status}`);
  });

/** A row of an outbox, by default of an event that Kafka does not have. */
export async function writeOutbox(
  stores: Stores,
  {
    type,
    subject = randomUUID(),
    version = 1,
    sent = true,
  }: { type: string; subject?: string; version?: number; sent?: boolean },
): Promise<{ id: string; headers: Record<string, string>; body: string; subject: string; topic: string }> {
  const id = randomUUID();
  const topic = type === 'CustomerContact' ? 'customer.contacts' : events[type as EventType].topic;
  const service =
    type === 'CustomerContact' ? 'reservation' : (topic.split('.')[0] as 'musical' | 'reservation' | 'payment');
  const headers = {
    ce_id: id,
    ce_type: type,
    ce_source: `outerpark/${service}`,
    ce_time: new Date().toISOString(),
    ce_subject: subject,
  };
  const body = JSON.stringify({ schemaVersion: 1, version, data: {} });
  await stores.sql(
    service,
    `INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body, published_at)
     VALUES ($1, $2, $3, $4, 0, $5, $6, CASE WHEN $7 THEN now() END)`,
    [id, topic, subject, type === 'CustomerContact' ? null : version, headers, body, sent],
  );
  return { id, headers, body, subject, topic };
}
