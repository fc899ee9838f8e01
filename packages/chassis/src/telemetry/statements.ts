import type { PoolClient } from 'pg';
import { contextIfAny, isSampled } from '../context';
import { errorType, type Span, type Tracer } from './tracer';

type Done = (error: unknown, result?: unknown) => void;
type Query = (...args: unknown[]) => unknown;

/**
 * From now on each statement of a connection that is made for a request or an event is a span of its trace; what a loop asks for by
 * itself is none. The text goes with it and has placeholders only: values are never told.
 */
export function traceStatements(connection: PoolClient, tracer: Tracer, { host, port, database }: ServerOf): void {
  const query = connection.query.bind(connection) as Query;

  const begin = (parent: string, text: string): Span => {
    const summary = summaryOf(text);
    return tracer.start(parent, {
      name: summary,
      kind: 'client',
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': database,
        'db.query.summary': summary,
        'db.query.text': text.replace(/\s+/g, ' ').trim(),
        'server.address': host,
        'server.port': port,
      },
    });
  };

  const traced: Query = (...args) => {
    const parent = contextIfAny()?.traceparent;
    const [text] = args;
    if (parent === undefined || !isSampled(parent) || typeof text !== 'string') return query(...args);
    const span = begin(parent, text);
    const end = (error?: unknown) => {
      if (error) span.fail(errorType(error));
      span.end();
    };
    const done = args.at(-1);
    if (typeof done === 'function') {
      const told: Done = (error, result) => {
        end(error);
        (done as Done)(error, result);
      };
      return query(...args.slice(0, -1), told);
    }
    const result = query(...args) as Promise<unknown>;
    result.then(() => end(), end);
    return result;
  };
  connection.query = traced as PoolClient['query'];
}

interface ServerOf {
  host: string;
  port: number;
  database: string;
}

/** Where a connection string leads to. */
export function serverOf(url: string): ServerOf {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port || 5432), database: decodeURIComponent(pathname.slice(1)) };
}

/** Not a function, such as `FROM unnest(`. */
const TABLE = /\b(?:INTO|UPDATE|FROM)\s+(?:"?\w+"?\.)?(?:"(\w+)"|(\w+)(?![\w(]))/i;

/** What a statement does to which table first, such as `INSERT outbox`; of one without a table its first words, such as `COMMIT`. */
export function summaryOf(text: string): string {
  const verb = /\b(SELECT|INSERT|UPDATE|DELETE)\b/i.exec(text)?.[1];
  if (!verb) return text.trim().split(/\s+/, 2).join(' ').toUpperCase();
  const [, quoted, plain] = TABLE.exec(text) ?? [];
  return [verb.toUpperCase(), quoted ?? plain].filter(Boolean).join(' ');
}
