import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileOf } from '@outerpark/mypage/dump';
import type { FaultCase } from '../fault-case';
import { sql } from '../system/sql';

/** Gives every lease to somebody who is not there, or to another relay, so that two believe they own a segment. */
export async function stealLeases(databases: Record<string, string>, byNobody: boolean): Promise<number> {
  const thief = byNobody
    ? '$1::uuid'
    : '(SELECT owner FROM relay_member WHERE owner <> l.owner AND $1::uuid IS NOT NULL LIMIT 1)';
  let stolen = 0;
  for (const url of Object.values(databases)) {
    const rows = await sql(
      url,
      `UPDATE relay_lease l SET owner = ${thief}, until = now() + interval '3 seconds' WHERE owner IS NOT NULL RETURNING segment`,
      [randomUUID()],
    );
    stolen += rows.length;
  }
  return stolen;
}

const leasesStolen: FaultCase = {
  name: 'relay-leases-stolen',
  title: 'the leases of all relays given to nobody, and to the other replica while the first still sends',
  run: async ({ system }) => {
    let stolen = 0;
    for (let times = 0; times < 12; times++) {
      await sleep(1_000);
      stolen += await stealLeases(system.audited.databases, times % 2 === 0);
    }
    if (stolen === 0) throw new Error('there was no lease to steal');
    return [`${stolen} leases`];
  },
};

const fileDeleted: FaultCase = {
  name: 'mypage-file-deleted',
  title: "a replica's file of My page deleted (rebuilt, equal row for row), and the other's while Kafka is stopped",
  run: async ({ system }) => {
    const rebuild = async (replica: number): Promise<void> => {
      const process = system.process(`mypage-${replica}`);
      await process.down();
      const file = fileOf(system.audited.mypageDirs[replica - 1]!);
      for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true });
      process.up();
    };
    await sleep(4_000);
    await rebuild(1);
    await system.process('mypage-1').ready();
    await system.kafka.stop();
    await rebuild(2);
    await sleep(3_000);
    await system.kafka.start();
    await system.process('mypage-2').ready();
    return ['both files were deleted'];
  },
};

export const stores: FaultCase[] = [leasesStolen, fileDeleted];
