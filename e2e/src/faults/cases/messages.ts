import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { OutgoingMessage } from '@outerpark/chassis/messaging/broker';
import type { FaultCase, Trouble } from '../fault-case';
import { openTopics, type Topics } from '../system/topics';
import { sql } from '../system/sql';

const SECONDS = 1_000;

const withTopics = async <T>({ system }: Trouble, work: (topics: Topics) => Promise<T>): Promise<T> => {
  const topics = openTopics(system.audited);
  try {
    return await work(topics);
  } finally {
    await topics.close();
  }
};

/** Another event that says the same: nobody has seen its id. */
const underNewId = (message: OutgoingMessage): OutgoingMessage => ({
  ...message,
  headers: { ...message.headers, ce_id: randomUUID() },
});

const typeOf = ({ headers }: OutgoingMessage): string => headers.ce_type!;

const duplicated: FaultCase = {
  name: 'duplicated-deliveries',
  title: 'every message of every topic delivered a second and a third time, with the same ids',
  run: (trouble) =>
    withTopics(trouble, async (topics) => {
      let sent = 0;
      for (let times = 0; times < 2; times++) {
        await sleep(5 * SECONDS);
        const messages = await topics.read();
        await topics.publish(messages);
        sent += messages.length;
      }
      return [`${sent} messages again`];
    }),
};

const ENDED = 12;

const lateAndReordered: FaultCase = {
  name: 'late-and-reordered-messages',
  title:
    'all events of reservations that have ended again, newest first and under new ids; releases that come before their hold',
  run: (trouble) =>
    withTopics(trouble, async (topics) => {
      const { forged } = trouble;
      const { messages, ended } = await eventually(
        async () => {
          const messages = await topics.read();
          const ended = messages.filter((message) => typeOf(message) === 'ReservationCancelled').slice(0, ENDED);
          if (ended.length < ENDED) throw new Error(`only ${ended.length} reservations have ended`);
          return { messages, ended };
        },
        { withinMs: 60 * SECONDS, everyMs: 2 * SECONDS },
      );
      const keys = new Set(ended.map(({ key }) => key));
      const old = messages.filter(({ topic, key }) => keys.has(key) && topic !== 'notification.events');
      await topics.publish(old.reverse().map(underNewId));
      for (const key of keys) forged.add(key);

      const early = Array.from({ length: 5 }, () => releaseOf(randomUUID()));
      await topics.publish(early);
      await Promise.all(early.map((message) => holdAfterRelease(trouble, message)));
      for (const { key } of early) forged.add(key);
      await sleep(5 * SECONDS);
      const types = new Set(old.map(typeOf));
      if (!types.has('SeatsReserved')) throw new Error('no old SeatsReserved was sent');
      return [
        `${old.length} old events of ${keys.size} reservations (${[...types].join(', ')})`,
        `${early.length} late holds refused`,
      ];
    }),
};

const releaseOf = (reservationId: string): OutgoingMessage => ({
  topic: 'reservation.events',
  key: reservationId,
  headers: {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_type: 'ReservationAbandoned',
    ce_source: 'outerpark/reservation',
    ce_time: new Date().toISOString(),
    ce_subject: reservationId,
    correlationid: 'faults',
    traceparent: `00-${randomUUID().replaceAll('-', '')}-00f067aa0ba902b7-01`,
  },
  value: JSON.stringify({ schemaVersion: 1, version: 1, data: { reservationId, customerId: 'customer-1' } }),
});

/** The hold comes when musical has the release: it has to be refused. */
async function holdAfterRelease({ system }: Trouble, { key }: OutgoingMessage): Promise<void> {
  const database = system.audited.databases.musical;
  await eventually(
    async () => {
      const [row] = await sql(database, 'SELECT 1 FROM hold WHERE reservation_id = $1', [key]);
      if (!row) throw new Error(`musical has no tombstone of ${key}`);
    },
    { withinMs: 20 * SECONDS },
  );
  const [grade] = await sql<{ musical_id: string }>(
    database,
    `SELECT id AS musical_id FROM musical WHERE name = 'Open'`,
  );
  const answer = await fetch(`${system.services.musical[0]}/internal/holds`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await system.token({ sub: 'customer-1' })}`,
    },
    body: JSON.stringify({ reservationId: key, wanted: { musicalId: grade!.musical_id, seats: 1 } }),
  });
  const body = await answer.text();
  if (answer.status !== 409 || !body.includes('hold-ended'))
    throw new Error(`a hold after its release: ${answer.status} ${body}`);
}

export const messages: FaultCase[] = [duplicated, lateAndReordered];
