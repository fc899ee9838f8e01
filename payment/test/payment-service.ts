import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { feeder, messageOf } from '@outerpark/chassis/testing/messages';
import type { DomainEvent, EventData } from '@outerpark/contracts/events';
import type { Payment } from '@outerpark/contracts/http/payments';
import type { Faults } from '@outerpark/dev/simulator/faults';
import type { Ledger } from '@outerpark/dev/simulator/provider';
import { startSimulator } from '@outerpark/dev/simulator/start';
import { Client } from 'pg';
import { startPayment } from '../src/app';
import { readConfig } from '../src/config';
import { memoryBroker } from './memory-broker';

export type TestPayment = Awaited<ReturnType<typeof startTestPayment>>;

const PRICE = 30_000;
const MINUTE = 60_000;

/**
 * The service on a database of its own, against the real simulator. Reservation's events are fed to its own inbox, so that a test
 * says in which order they come; what it publishes is taken where its relay brings it. Waits are short: an attempt is retried
 * after 20 ms, a deferral is for 6 s.
 */
export async function startTestPayment(settings: Record<string, string> = {}) {
  const secret = settings.PAYMENT_WEBHOOK_SECRET;
  const [database, issuer, simulator] = await Promise.all([
    createTestDatabase(),
    startTestIssuer(),
    startSimulator({ port: 0, webhook: secret === undefined ? undefined : { url: () => webhookUrl(), secret } }),
  ]);
  const env = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: 'unused.invalid:9092',
    OIDC_ISSUER: issuer.issuer,
    PAYMENT_PROVIDER_URL: simulator.url,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    PROVIDER_TIMEOUT_MS: '1000',
    BREAKER_RESET_MS: '300',
    // High, so that the breaker only opens in the tests about it.
    BREAKER_VOLUME: '1000',
    DEFERRAL_MS: '6000',
    ATTEMPT_CUTOFF_MS: '1000',
    RETRY_FIRST_MS: '20',
    RETRY_LONGEST_MS: '200',
    PAGE_POLL_MS: '50',
    WORKER_POLL_MS: '20',
    ...settings,
  };
  const { broker, published, inbox } = memoryBroker();
  const logger = createLogger('payment', 'silent');
  const start = (changes: Record<string, string> = {}) =>
    startPayment(
      readConfig({ ...env, ...changes }),
      { logger, metrics: createMetrics('payment') },
      { broker: () => broker },
    );
  const service = await start();
  const webhookUrl = (): string => `${service.url}/api/payments/webhooks/simulator`;
  const replicas: { stop(): Promise<void> }[] = [];
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const feed = feeder(inbox());

  const setFaults = async (faults: Faults): Promise<void> => {
    await fetch(`${simulator.url}/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    });
  };
  const ledger = async (reference: string): Promise<Ledger> =>
    (await (await fetch(`${simulator.url}/ledger?reference=${reference}`)).json()) as Ledger;

  return {
    url: service.url,
    databaseUrl: database.url,
    providerUrl: simulator.url,
    webhookUrl: webhookUrl(),
    issuer,
    start: async (changes: Record<string, string> = {}) => {
      const replica = await start(changes);
      replicas.push(replica);
      return replica;
    },
    feed,
    setFaults,
    ledger,
    query: async <Row>(text: string, params: unknown[] = []): Promise<Row[]> =>
      (await sql.query(text, params)).rows as Row[],

    /** What the service has said of a reservation so far, in the order in which it went out. */
    said: (reservationId: string) =>
      published
        .filter(({ key }) => key === reservationId)
        .map(({ headers, value }) => {
          const { version, data } = JSON.parse(value!) as { version: number; data: Record<string, unknown> };
          return { type: headers.ce_type!, version, data, correlationId: headers.correlationid! };
        }),

    /** Waits until the service has said exactly this, and looks whether money is as it should be at the provider. */
    expectStory: async (
      reservationId: string,
      types: string[],
      money = { captured: 0, refunded: 0 },
    ): Promise<void> => {
      const told = () => published.filter(({ key }) => key === reservationId).map(({ headers }) => headers.ce_type);
      await eventually(() => expect(told()).toEqual(types));
      const { captured, refunded } = await ledger(reservationId);
      expect({ captured, refunded }).toEqual(money);
    },

    list: async (claims: { sub: string; roles?: string[] }, query = ''): Promise<Payment[]> => {
      const headers = { authorization: `Bearer ${await issuer.token(claims)}` };
      const answer = await fetch(`${service.url}/api/payments${query}`, { headers });
      return ((await answer.json()) as { items: Payment[] }).items;
    },

    /** The customer's decision on the provider's page. */
    decide: async (url: string, decision: 'approve' | 'decline'): Promise<void> => {
      await fetch(url, { method: 'POST', body: new URLSearchParams({ decision }) });
    },

    stop: async () => {
      await Promise.all([service.stop(), ...replicas.map((replica) => replica.stop())]);
      await sql.end();
      await Promise.all([simulator.stop(), issuer.stop(), database.drop()]);
    },
  };
}

/** A reservation of two seats, and its events: each call gives the message anew, as a relay's second send would not. */
export function reservation(given: Partial<EventData<'SeatsReserved'>> = {}) {
  const id = randomUUID();
  const about = { reservationId: id, customerId: 'alice', performanceId: randomUUID(), price: PRICE, ...given };
  const message = (event: DomainEvent, version: number, headers: Record<string, string> = {}) =>
    messageOf(event, { subject: id, version, headers });
  return {
    id,
    reserved: (headers?: Record<string, string>) =>
      message(
        {
          type: 'SeatsReserved',
          data: {
            musicalId: randomUUID(),
            musical: 'Outer Park',
            startsAt: new Date(Date.now() + 60 * MINUTE).toISOString(),
            venue: 'Main hall',
            lines: [{ gradeId: randomUUID(), grade: 'R', seats: 2, price: PRICE / 2 }],
            seats: 2,
            paymentDeadline: new Date(Date.now() + 15 * MINUTE).toISOString(),
            ...about,
          },
        },
        1,
        headers,
      ),
    requested: (version: number, headers?: Record<string, string>) =>
      message({ type: 'PaymentRequested', data: about }, version, headers),
    confirmed: (version: number) => message({ type: 'ReservationConfirmed', data: about }, version),
    cancelled: (version: number, headers?: Record<string, string>) =>
      message({ type: 'ReservationCancelled', data: { ...about, by: 'customer' } }, version, headers),
    expired: (version: number, headers?: Record<string, string>) =>
      message({ type: 'ReservationExpired', data: about }, version, headers),
    abandoned: () => message({ type: 'ReservationAbandoned', data: about }, 1),
  };
}
