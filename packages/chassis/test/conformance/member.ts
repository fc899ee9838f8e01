import { createLogger } from '../../src/logger';
import { startConsumer } from '../../src/messaging/consumer';
import { openDatabase } from '../../src/postgres/database';
import { adapters, type AdapterName } from './adapters';
import { effectReaders } from './effects';

export interface MemberOptions {
  adapter: AdapterName;
  brokers: string[];
  topicPrefix: string;
  databaseUrl: string;
  groupId: string;
  sessionTimeoutMs: number;
}

/** A member of the group in a process of its own, so that it can be frozen and killed. It ends with its parent. */
async function main({ adapter, brokers, topicPrefix, databaseUrl, groupId, sessionTimeoutMs }: MemberOptions) {
  process.stdin.resume().on('end', () => process.exit());
  const logger = createLogger('member', 'warn');
  const store = await openDatabase({ name: 'member', url: databaseUrl, poolSize: 5, migrations: [] });
  const broker = adapters[adapter]({ brokers, clientId: 'member', topicPrefix, logger, sessionTimeoutMs });
  startConsumer({ broker, store, groupId, readers: effectReaders, logger, now: () => new Date() });
}

void main(JSON.parse(process.argv[2]!) as MemberOptions);
