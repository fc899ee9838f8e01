import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { feeder, messageOf } from '@outerpark/chassis/testing/messages';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { NotificationPreferences } from '@outerpark/contracts/http/notifications';
import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import { createChat } from '../src/clients/chat';
import { createMailer } from '../src/clients/mailer';
import { secretBytes } from '../src/clients/webhook-signature';
import { readers } from '../src/messaging/subscriptions';
import { migrations } from '../src/persistence/migrations';
import { listNotices } from '../src/persistence/notice-lists';
import { createAnnounce } from '../src/use-cases/announce';
import { createDeliverNotices } from '../src/use-cases/deliver-notices';
import { createPreferences } from '../src/use-cases/preferences';
import { createResend } from '../src/use-cases/resend';
import { availableOf, createSenders } from '../src/use-cases/senders';
import { startTestChat } from './chat';
import { startTestSmtp } from './smtp';

export const SECOND = 1_000;
export const HOUR = 3_600 * SECOND;
/** For one try. */
const LIMIT = 5 * SECOND;
export const PUBLIC_URL = 'https://tickets.example';
/** The chat service's, the newer one first. */
export const CHAT_SECRETS = [
  'whsec_bmV3IHNlY3JldCBvZiBhdCBsZWFzdCAyNCBieXRlcw',
  'whsec_b2xkIHNlY3JldCBvZiBhdCBsZWFzdCAyNCBieXRlcw',
];
const ANY = '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a0';

/** Notification without Kafka and with a clock that the test moves: events come by the inbox, workers run when they are called. */
export async function createWorld() {
  const logger = createLogger('notification', 'silent');
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({ name: 'notification', url: testDatabase.url, poolSize: 10, migrations });
  const [smtp, chatService] = await Promise.all([startTestSmtp(), startTestChat()]);
  let time = Date.now();
  const now = () => new Date(time);
  const outbox = createOutbox({ source: 'outerpark/notification', wake: () => undefined });
  const inbox = createInbox({ store: database, readers: readers(createAnnounce(24 * HOUR, now), () => {}), logger });
  const feedEvents = feeder(inbox);
  const mailers: { close(): void }[] = [];

  let woken = false;

  /** Another worker, with connections of its own, for all channels. */
  const worker = ({ smtpUrl = smtp.url, mailTimeoutMs = LIMIT, chatTimeoutMs = LIMIT, hasChat = true } = {}) => {
    const [mailFrom, secrets] = ['OuterPark <a@b.example>', CHAT_SECRETS.map(secretBytes)];
    const mailer = createMailer({ smtpUrl, mailFrom, mailTimeoutMs, connections: 5 });
    mailers.push(mailer);
    const chat = hasChat ? createChat({ url: chatService.url, secrets, timeoutMs: chatTimeoutMs, now }) : undefined;
    const senders = createSenders({ mailer, chat, publicUrl: PUBLIC_URL });
    return createDeliverNotices({
      ...{ store: database, outbox, senders, available: availableOf(senders), channels: ['email', 'chat', 'mypage'] },
      ...{ retry: { firstMs: 10 * SECOND, longestMs: 600 * SECOND }, leaseMs: 60 * SECOND, atOnce: 5, now, logger },
      wake: () => (woken = true),
      count: () => undefined,
    });
  };
  const deliverOnce = worker();

  return {
    database,
    smtp,
    chat: chatService,
    now,
    worker,
    feed: feedEvents,
    resend: (id: string) => database.transact((tx) => createResend(24 * HOUR, now, () => {})(tx, id)),
    pass: (ms: number) => void (time += ms),

    /** Delivers all that is due. */
    deliver: async () => {
      do woken = false;
      while ((await deliverOnce()) === 'busy' || woken);
    },

    contact: async (customerId: string, contact: CustomerContact | null) => {
      const offset = await inbox.position(CONTACTS_TOPIC, 0);
      const value = contact && JSON.stringify(contact);
      const message = { offset, key: customerId, headers: { ce_id: randomUUID() }, value };
      await inbox.apply({ topic: CONTACTS_TOPIC, partition: 0, messages: [message] });
    },

    /** Alice chooses, when it is nobody else. */
    choose: (channels: NotificationPreferences['channels'], language: 'ko' | 'en' = 'en', customerId = 'alice') =>
      createPreferences(database, ['email', 'chat']).choose({ customerId, locale: 'ko' }, { language, channels }),

    notices: async (customerId?: string) => (await listNotices(database, customerId, { limit: 200 })).items,

    /** What was published, oldest first. */
    published: async () => {
      const rows = await database.query<{ type: string; version: number; subject: string; body: string }>(
        `SELECT headers ->> 'ce_type' AS type, version, subject, body FROM outbox ORDER BY seq`,
      );
      return rows.map(({ body, ...row }) => ({ ...row, data: (JSON.parse(body) as { data: object }).data }));
    },

    deadLetters: () =>
      database.query<{ type: string; queued: boolean }>(`SELECT type, queued FROM dead_letter ORDER BY id`),

    close: async () => {
      for (const mailer of mailers) mailer.close();
      await Promise.all([smtp.stop(), chatService.stop()]);
      await database.close();
      await testDatabase.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export const alice: CustomerContact = { email: 'alice@example.com', name: 'Alice', locale: 'en' };

/** The events of one reservation; `at` is when it all happens. */
export function newReservation(customerId = 'alice', at: Date = new Date()) {
  const reservationId = randomUUID();
  const who = { reservationId, customerId };
  const ended = { ...who, performanceId: `${ANY}1`, price: 300_000 };
  const message = (event: DomainEvent, version: number): IncomingMessage =>
    messageOf(event, { subject: reservationId, version, time: at });
  return {
    reservationId,
    reserved: () =>
      message(
        {
          type: 'SeatsReserved',
          data: {
            ...ended,
            musicalId: `${ANY}2`,
            musical: 'Laundry',
            startsAt: '2026-12-24T10:00:00.000Z',
            venue: 'Hall 1',
            lines: [{ gradeId: `${ANY}3`, grade: 'R', seats: 2, price: 150_000 }],
            seats: 2,
            paymentDeadline: new Date(at.getTime() + 900 * SECOND).toISOString(),
          },
        },
        1,
      ),
    confirmed: (version = 2) => message({ type: 'ReservationConfirmed', data: ended }, version),
    expired: (version = 2) => message({ type: 'ReservationExpired', data: ended }, version),
    actionRequired: (version: number) =>
      message({ type: 'PaymentActionRequired', data: { ...who, url: 'https://pay.example/1' } }, version),
    deferred: (version: number) =>
      message(
        {
          type: 'PaymentDeferred',
          data: { ...who, paymentDeadline: new Date(at.getTime() + 1_800 * SECOND).toISOString() },
        },
        version,
      ),
    declined: (version: number) => message({ type: 'PaymentDeclined', data: { ...who, reason: 'no money' } }, version),
    approved: (version: number) => message({ type: 'PaymentApproved', data: { ...who, amount: 300_000 } }, version),
    cancelled: (version: number, refunded: number, after: 'cancelled' | 'expired' = 'cancelled') =>
      message({ type: 'PaymentCancelled', data: { ...who, refunded, after } }, version),
  };
}
