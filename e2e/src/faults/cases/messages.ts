import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { OutgoingMessage } from '@outerpark/chassis/messaging/broker';
import type { DeadLetter } from '@outerpark/contracts/http/operators';
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

const POISONED = 5;

const poison: FaultCase = {
  name: 'poison-messages',
  title:
    'events that break their contract, with later events of the same reservation behind them; operators discard them and replay what waits',
  run: (trouble) =>
    withTopics(trouble, async (topics) => {
      const { system, load, forged } = trouble;
      await sleep(3 * SECONDS);
      const chosen = load.progress().latest.slice(-POISONED);
      await topics.publish(chosen.map(({ id }) => broken(id)));
      for (const { id } of chosen) forged.add(id);
      // Later events, whatever has become of the reservation by now.
      for (const { id } of chosen) await asAdmin(system, 'DELETE', `/api/reservations/${id}`);

      const found = await eventually(
        async () => {
          const letters = await deadLetters(system);
          for (const service of ['musical', 'mypage']) {
            const own = letters.filter((letter) => letter.service.startsWith(service));
            if (new Set(own.map(({ aggregate }) => aggregate)).size < POISONED || !own.some(({ queued }) => queued))
              throw new Error(`${service} has ${own.length} dead letters only`);
          }
          return letters;
        },
        { withinMs: 30 * SECONDS, everyMs: 500 },
      );
      await sleep(3 * SECONDS);
      await eventually(() => cure(system), { withinMs: 60 * SECONDS, everyMs: 500 });
      return [
        `${found.length} dead letters, ${found.filter(({ queued }) => queued).length} of them waiting behind others`,
      ];
    }),
};

const broken = (reservationId: string): OutgoingMessage => {
  const { headers, ...message } = releaseOf(reservationId);
  const value = JSON.stringify({ schemaVersion: 1, version: 'two', data: {} });
  return { ...message, headers: { ...headers, ce_type: 'ReservationConfirmed' }, value };
};

type System = Trouble['system'];

async function deadLetters(system: System): Promise<DeadLetter[]> {
  const { items, unreachable } = await asAdmin<{ items: DeadLetter[]; unreachable: string[] }>(
    system,
    'GET',
    '/api/admin/dead-letters?limit=200',
  );
  if (unreachable.length > 0) throw new Error(`${unreachable.join(', ')} could not be asked for dead letters`);
  return items;
}

/** As operators do it: what is broken is given up, what waits behind it is applied. Throws while anything is left. */
async function cure(system: System): Promise<void> {
  const left = await deadLetters(system);
  const ids = (queued: boolean) => [...new Set(left.filter((letter) => letter.queued === queued).map(({ id }) => id))];
  for (const id of ids(false)) await act(system, id, 'discard');
  for (const id of ids(true)) await act(system, id, 'replay');
  if (left.length > 0) throw new Error(`${left.length} dead letters were open`);
}

const act = (system: System, id: string, action: 'discard' | 'replay'): Promise<unknown> =>
  asAdmin(system, 'POST', `/api/admin/dead-letters/${id}/${action}`, { reason: 'the fault suite made it' });

/** An answer of 404 is one of those here: somebody else was quicker. */
async function asAdmin<T>({ gateways, token }: System, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(gateways[0] + path, {
    method,
    headers: {
      authorization: `Bearer ${await token({ sub: 'operator', roles: ['admin'] })}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok && answer.status !== 404)
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export const messages: FaultCase[] = [duplicated, lateAndReordered, poison];
