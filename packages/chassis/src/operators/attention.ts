import { z } from 'zod';
import type { AttentionItem } from '@outerpark/contracts/http/operators';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';
import { decodeCursor, encodeCursor, time } from '../http/paging';
import type { Store } from '../postgres/store';

/** What a kind's query gives for one thing that is past its time, and whatever else its sentence needs. */
export interface Stuck {
  subject: string;
  since: Date | string;
  lastError: string | null;
}

/** One line of a service's table of what can be stuck: the metric and the list are made from it. */
export interface AttentionKind {
  kind: string;
  /** How long it may last, in milliseconds. */
  limitMs: number;
  /** Gives `subject`, `since` and `lastError`; `$1` is the moment that lies `limitMs` back. */
  sql: string;
  /** What is wrong with it, in one sentence. */
  what: (row: Record<string, unknown>) => string;
  /** What can be done about it. */
  actions: string[];
}

export interface Attention {
  /** Oldest first. */
  list(query: PageQuery): Promise<Page<AttentionItem>>;
  /** How many there are of each kind, and since when. */
  count(): Promise<{ kind: string; items: number; since: Date | undefined }[]>;
}

interface AttentionOptions {
  service: string;
  store: Pick<Store, 'query'>;
  now: () => Date;
  kinds: AttentionKind[];
  /** `since` in whole milliseconds, as cursors have it: in SQLite it is so already. */
  sinceInMs?: string;
}

/** The order of the list, over all services: the keys of its cursor. */
export const attentionKeys = z.tuple([time, z.string(), z.string(), z.string()]);

export const keysOf = ({ since, service, kind, subject }: AttentionItem) => [since, service, kind, subject];

/** What of a service is past its time, by its table. */
export function createAttention(options: AttentionOptions): Attention {
  const { service, store, now, kinds, sinceInMs = `date_trunc('milliseconds', since)` } = options;
  const limitOf = ({ limitMs }: AttentionKind) => new Date(now().getTime() - limitMs).toISOString();

  const itemsOf = async (kind: AttentionKind, atMost: number, cursor?: string[]): Promise<AttentionItem[]> => {
    const [since = '0001-01-01T00:00:00.000Z', afterService = '', afterKind = '', subject = ''] = cursor ?? [];
    // Of the same moment those come that lie behind the cursor in the order of service, kind and subject.
    const place = compare([service, kind.kind], [afterService, afterKind]);
    const rows = await store.query<Stuck & Record<string, unknown>>(
      `SELECT * FROM (SELECT *, ${sinceInMs} AS moment FROM (${kind.sql}) AS stuck) AS item
       WHERE moment > $2 OR (moment = $2 AND (CAST($3 AS int) > 0 OR (CAST($3 AS int) = 0 AND subject > $4)))
       ORDER BY moment, subject LIMIT $5`,
      [limitOf(kind), since, place, subject, atMost],
    );
    return rows.map((row) => ({
      service,
      kind: kind.kind,
      subject: row.subject,
      since: new Date(row.since).toISOString(),
      what: kind.what(row),
      lastError: row.lastError,
      actions: kind.actions,
    }));
  };

  return {
    list: async ({ limit, cursor }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, attentionKeys);
      const found = await Promise.all(kinds.map((kind) => itemsOf(kind, limit + 1, after)));
      const items = found.flat().sort((a, b) => compare(keysOf(a), keysOf(b)));
      const shown = items.slice(0, limit);
      return { items: shown, next: items.length > limit ? encodeCursor(keysOf(shown.at(-1)!)) : null };
    },
    count: async () => {
      const counts = [];
      // One after the other: it takes one connection from the customers, however many kinds there are.
      for (const kind of kinds) {
        const [row] = await store.query<{ items: number; since: Date | string | null }>(
          `SELECT count(*) AS items, min(since) AS since FROM (${kind.sql}) AS stuck`,
          [limitOf(kind)],
        );
        counts.push({
          kind: kind.kind,
          items: Number(row?.items),
          since: row?.since ? new Date(row.since) : undefined,
        });
      }
      return counts;
    },
  };
}

/** By the first key that differs: below, at or above 0. */
export function compare(a: string[], b: string[]): number {
  const differs = a.findIndex((key, index) => key !== b[index]);
  return differs < 0 ? 0 : a[differs]! < b[differs]! ? -1 : 1;
}
