import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { MigrationInterface } from 'typeorm';
import { createLogger } from '../../src/logger';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '../../src/messaging/migrations';
import { createOutbox } from '../../src/messaging/outbox';
import { CreateOperatorAction1790000000005 } from '../../src/operators/migrations';
import { openDatabase, type Database } from '../../src/postgres/database';
import { createTestDatabase } from '../../src/testing/database';

export const logger = createLogger('test', 'silent');

export interface TestStore extends Database {
  url: string;
}

/** An empty store with everything that messaging needs, dropped when the returned function is called. */
export async function openStore(
  more: (new () => MigrationInterface)[] = [],
  poolSize = 10,
): Promise<[TestStore, () => Promise<void>]> {
  const { url, drop } = await createTestDatabase();
  const migrations = [
    CreateOutbox1790000000001,
    CreateInbox1790000000002,
    CreateRetention1790000000003,
    CreateOperatorAction1790000000005,
    ...more,
  ];
  const database = await openDatabase({ name: 'test', url, poolSize, migrations });
  const end = async () => {
    await database.close();
    await drop();
  };
  return [{ ...database, url }, end];
}

/** The smallest event there is. Its aggregate is the reservation. */
export const abandoned = (reservationId: string): DomainEvent<'ReservationAbandoned'> => ({
  type: 'ReservationAbandoned',
  data: { reservationId, customerId: 'kim' },
});

export const uuids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/** Writes the aggregate's next versions to the outbox, each in a transaction of its own. */
export async function writeEvents(store: Database, subject: string, versions: number[], wake = () => undefined) {
  const outbox = createOutbox({ source: 'outerpark/test', wake });
  for (const version of versions) {
    await store.transact((tx) => outbox.append(tx, subject, version, [abandoned(subject)], new Date()));
  }
}
