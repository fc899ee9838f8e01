import type { Stored } from '@outerpark/audit/system';
import type { Release } from './release';
import { query } from './stores';

/** What the stores have, in numbers: `reservation.outbox` -> rows, `reservation.events` -> messages. */
export type Stock = Record<string, number>;

interface Count {
  what: string;
  count: number;
}

const TABLES: Record<Stored, string[]> = {
  musical: ['musical', 'hold', 'outbox'],
  reservation: ['reservation', 'outbox', 'contact'],
  payment: ['payment', 'ledger', 'outbox'],
  notification: ['notice', 'outbox'],
};

/** Counts rows in PostgreSQL and messages in Kafka. Nothing may be under way. */
export async function takeStock(release: Release): Promise<Stock> {
  const stock: Stock = {};
  for (const [service, tables] of Object.entries(TABLES) as [Stored, string[]][]) {
    const counts = tables.map((table) => `SELECT '${service}.${table}' AS what, count(*)::int AS count FROM ${table}`);
    for (const { what, count } of await query<Count>(release, service, counts.join(' UNION ALL '))) stock[what] = count;
  }
  const [pod] = await release.pods('reservation');
  if (!pod) throw new Error('there is no pod to ask Kafka from');
  return { ...stock, ...(JSON.parse(await release.exec(pod.name, ['node', '-e', COUNT_MESSAGES])) as Stock) };
}

/** In a pod of a service: what its own port says of where the topics end. */
const COUNT_MESSAGES = `
const { connectKafka } = require('./packages/chassis/dist/messaging/kafka.js');
const { eventTopics } = require('./packages/contracts/dist/topics.js');
const { createLogger } = require('./packages/chassis/dist/logger.js');
const { KAFKA_BROKERS, TOPIC_PREFIX = '' } = process.env;
const broker = connectKafka({ brokers: KAFKA_BROKERS.split(','), clientId: 'stock', topicPrefix: TOPIC_PREFIX, logger: createLogger('stock', 'silent') });
const count = async (topic) => [topic, (await broker.ends(topic)).reduce((sum, end) => sum + end, 0)];
Promise.all([...eventTopics].map(count)).then((counts) => {
  console.log(JSON.stringify(Object.fromEntries(counts)));
  process.exit(0);
});
`;

/** What a replica of My page has in its file. */
export interface View {
  /** The group of the file, and since when it has once had everything: both are made with the file. */
  group_id: string;
  complete_since: string;
  reservations: number;
  timeline: number;
}

export const viewOf = async ({ exec }: Release, pod: string): Promise<View> =>
  JSON.parse(await exec(pod, ['node', '-e', READ_VIEW])) as View;

const READ_VIEW = `
const { fileOf } = require('./mypage/dist/dump.js');
const { readTogether } = require('./mypage/dist/persistence/sqlite-store.js');
readTogether(fileOf(process.env.DATA_DIR), async (read) => {
  const [{ reservations }] = await read('SELECT count(*) AS reservations FROM reservation');
  const [{ timeline }] = await read('SELECT count(*) AS timeline FROM timeline');
  const meta = await read('SELECT name, value FROM meta ORDER BY name');
  return { ...Object.fromEntries(meta.map(({ name, value }) => [name, value])), reservations, timeline };
}).then((view) => console.log(JSON.stringify(view)));
`;
