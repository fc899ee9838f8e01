import type { IncomingBatch, IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { dump, fileOf, type Dump } from '@outerpark/mypage/dump';
import { rebuild } from '@outerpark/mypage/rebuild';
import type { Copy } from '../copy/copy';
import { replicaName } from '../copy/mypage';
import type { Position } from '../copy/topics';
import type { Found, Invariant } from '../invariant';
import type { Reading } from '../reading';
import { reading } from '../system';

export const view: Invariant = {
  name: 'I6',
  title: 'mypage is the fold of the events',
  figures: `SELECT count(DISTINCT replica) AS replicas, sum(rows) FILTER (WHERE kind = 'reservation') AS reservations,
    sum(rows) FILTER (WHERE kind = 'payment') AS payments,
    sum(rows) FILTER (WHERE kind = 'notice') AS notices,
    sum(rows) FILTER (WHERE kind = 'timeline') AS "lines of timelines" FROM compared`,
  checks: [{ settles: false, find: compareReplicas }],
  hidden: ({ mypageDirs }) => (mypageDirs.length === 0 ? 'MYPAGE_DATA_DIRS names no folder' : undefined),
};

/** Each file with what the same events make of a new one: as far as the file is, so that it need not be at the end. */
async function compareReplicas({ system, copy, topics }: Reading): Promise<Found[]> {
  const found: Found[] = [];
  const rebuildOnce = createRebuilds(copy);
  for (const dir of system.mypageDirs) {
    const replica = replicaName(dir);
    const shown = await reading(`The file of ${replica}`, () => dump(fileOf(dir)));
    const positions = notBeyond(await topics.ends(), shown.positions);
    await topics.reach(positions);
    const rebuilt = await reading(`What ${replica} should have`, () => rebuildOnce(positions, shown.waiting));
    for (const kind of Object.keys(shown.view) as Kind[]) {
      copy.insert('compared', [{ replica, kind, rows: rebuilt.view[kind].length }]);
      for (const difference of differences(shown.view[kind], rebuilt.view[kind])) {
        found.push({ breach: `${replica}: ${kind} ${difference}` });
      }
    }
  }
  return found;
}

/** Replicas of a quiet system are equally far: what took long for one is there for the others. */
function createRebuilds(copy: Copy): (positions: Position[], waiting: Dump['waiting']) => Promise<Dump> {
  let last: { positions: string; rebuilt: Promise<Dump> } | undefined;
  return (positions, waiting) => {
    const text = JSON.stringify([positions, waiting]);
    if (last?.positions !== text)
      last = { positions: text, rebuilt: rebuild(messagesBefore(copy, positions), waiting) };
    return last.rebuilt;
  };
}

type Kind = keyof Dump['view'];
type Row = Dump['view'][Kind][number];

/** A file that is beyond the end of Kafka is compared with all that there is; I5 tells of it. */
const notBeyond = (ends: Position[], positions: Position[]): Position[] =>
  positions.map((position) => {
    const end = ends.find(({ topic, partition }) => topic === position.topic && partition === position.partition);
    return { ...position, next: Math.min(position.next, end?.next ?? 0) };
  });

const AT_ONCE = 1_000;

function* messagesBefore(copy: Copy, positions: Position[]): Generator<IncomingBatch> {
  for (const { topic, partition, next } of positions) {
    for (let from = 0; from < next;) {
      const rows = copy.all<{ message: string }>(
        `SELECT message FROM event WHERE topic = ? AND partition = ? AND position >= ? AND position < ?
         ORDER BY position LIMIT ${AT_ONCE}`,
        ...[topic, partition, from, next],
      );
      if (rows.length === 0) break;
      const messages = rows.map(({ message }) => JSON.parse(message) as IncomingMessage);
      yield { topic, partition, messages };
      from = messages.at(-1)!.offset + 1;
    }
  }
}

/** Row by row; the first column is the row's id. */
function* differences(shown: Row[], rebuilt: Row[]): Generator<string> {
  const expected = new Map(rebuilt.map((row) => [idOf(row), row]));
  for (const row of shown) {
    const id = idOf(row);
    const other = expected.get(id);
    expected.delete(id);
    if (!other) yield `${id}: no event made it`;
    else if (JSON.stringify(row) !== JSON.stringify(other)) yield `${id}: ${unlike(row, other)}`;
  }
  for (const id of expected.keys()) yield `${id}: is missing`;
}

const idOf = (row: Row): string => String(Object.values(row)[0]);

const unlike = (row: Row, other: Row): string =>
  Object.keys(row)
    .filter((column) => row[column] !== other[column])
    .map((column) => `${column} is ${JSON.stringify(row[column])}, and by the events ${JSON.stringify(other[column])}`)
    .join('; ');
