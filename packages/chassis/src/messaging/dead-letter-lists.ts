import { z } from 'zod';
import type { DeadLetter, DeadLetterCause } from '@outerpark/contracts/http/operators';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';
import type { Topic } from '@outerpark/contracts/topics';
import { decodeCursor, encodeCursor } from '../http/paging';
import type { Store } from '../postgres/store';
import { HEADS } from './dead-letters';

/** Where a message stands: the same for every service that has set it aside. */
interface Place {
  topic: string;
  partition: number;
  position: number;
}

/** `reservation.events-3-17`: the message at offset 17 of partition 3. */
const idOf = ({ topic, partition, position }: Place): string => `${topic}-${partition}-${position}`;

function placeOf(id: string): Place | undefined {
  const [, topic, partition, position] = /^(.+)-(\d{1,4})-(\d{1,15})$/.exec(id) ?? [];
  return topic ? { topic, partition: Number(partition), position: Number(position) } : undefined;
}

/** The order of the list, over all services. */
export const letterKeys = z.tuple([z.string(), z.string(), z.int(), z.int()]);
export type LetterKeys = z.infer<typeof letterKeys>;

export function keysOfLetter({ service, id }: Pick<DeadLetter, 'service' | 'id'>): LetterKeys {
  const { topic, partition, position } = placeOf(id)!;
  return [service, topic, partition, position];
}

type Row = Omit<DeadLetter, 'service' | 'id' | 'queued' | 'since'> &
  Place & { queued: boolean | number; since: Date | string };

/** Open dead letters in the order of their topics. */
export async function listDeadLetters(
  store: Pick<Store, 'query'>,
  service: string,
  { limit, cursor }: PageQuery,
): Promise<Page<DeadLetter>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, letterKeys);
  if (after && service < after[0]) return { items: [], next: null };
  const [, topic, partition, position] = after?.[0] === service ? after : ['', '', -1, -1];
  const rows = await store.query<Row>(
    `SELECT topic, partition, position, aggregate, type, reason, cause, queued, created_at AS since FROM dead_letter
     WHERE resolved_at IS NULL AND (topic, partition, position) > ($1, CAST($2 AS int), CAST($3 AS bigint))
     ORDER BY topic, partition, position LIMIT $4`,
    [topic, partition, position, limit + 1],
  );
  const items = rows.slice(0, limit).map((row): DeadLetter => {
    const { aggregate, type, reason, cause, queued, since } = row;
    const shown = { aggregate, type, reason, cause, queued: Boolean(queued), since: new Date(since).toISOString() };
    return { service, id: idOf(row), topic: row.topic, ...shown };
  });
  return { items, next: rows.length > limit ? encodeCursor(keysOfLetter(items.at(-1)!)) : null };
}

/** Open dead letters by their cause, oldest first. */
export async function listCauses(store: Pick<Store, 'query'>, service: string): Promise<DeadLetterCause[]> {
  const rows = await store.query<Omit<DeadLetterCause, 'service' | 'since'> & { since: Date | string }>(
    `SELECT cause, min(type) AS type, min(reason) AS reason, count(*) AS aggregates, sum(events) AS events, min(since) AS since
     FROM (
       SELECT h.cause, h.type, h.reason, h.created_at AS since,
         (SELECT count(*) FROM dead_letter l
          WHERE l.topic = h.topic AND l.aggregate = h.aggregate AND l.resolved_at IS NULL) AS events
       FROM dead_letter h WHERE h.id IN (${HEADS})) AS head
     GROUP BY cause ORDER BY min(since), cause`,
  );
  return rows.map(({ aggregates, events, since, ...row }) => ({
    service,
    ...row,
    aggregates: Number(aggregates),
    events: Number(events),
    since: new Date(since).toISOString(),
  }));
}

/** An open dead letter as its row has it. */
export interface OpenLetter {
  id: number;
  topic: Topic;
  aggregate: string;
}

/** The open dead letter of this message, if there is one. */
export async function findLetter(store: Pick<Store, 'query'>, id: string): Promise<OpenLetter | undefined> {
  const place = placeOf(id);
  if (!place) return undefined;
  const [found] = await store.query<OpenLetter>(
    `SELECT id, topic, aggregate FROM dead_letter
     WHERE resolved_at IS NULL AND topic = $1 AND partition = $2 AND position = $3 ORDER BY id LIMIT 1`,
    [place.topic, place.partition, place.position],
  );
  return found;
}

/** One letter for each aggregate that waits for this cause, oldest first. */
export const findHeads = (store: Pick<Store, 'query'>, cause: string, atMost: number): Promise<OpenLetter[]> =>
  store.query<OpenLetter>(
    `SELECT id, topic, aggregate FROM dead_letter WHERE cause = $1 AND id IN (${HEADS}) ORDER BY id LIMIT $2`,
    [cause, atMost],
  );
