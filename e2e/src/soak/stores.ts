import type { RunFile } from '@outerpark/dev/start/run-file';
import { Pool } from 'pg';

export const STORED = ['musical', 'reservation', 'payment', 'notification'] as const;
export type Stored = (typeof STORED)[number];

/** Statements on the services' own databases, for looking only. */
export interface Stores {
  query<Row>(service: Stored, sql: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export function openStores({ databases }: Pick<RunFile, 'databases'>): Stores {
  const pools = new Map(
    STORED.map((service) => [
      service,
      new Pool({ connectionString: databases[service], max: 2, application_name: 'soak' }),
    ]),
  );
  for (const pool of pools.values()) pool.on('error', () => undefined);
  return {
    query: async <Row>(service: Stored, sql: string, params: unknown[] = []) =>
      (await pools.get(service)!.query(sql, params)).rows as Row[],
    close: async () => {
      for (const pool of pools.values()) await pool.end();
    },
  };
}
