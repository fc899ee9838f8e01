import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka, type Kafka } from '@outerpark/dev/servers/kafka';
import { startPostgres, type Postgres } from '@outerpark/dev/servers/postgres';

/** A server that somebody else wrote, which can be taken away and put back. */
export interface Server {
  stop(): Promise<void>;
  /** SIGKILL, and returns when it has ended. */
  kill(): Promise<void>;
  /** Starts it again on what it has stored. */
  start(): Promise<void>;
}

export interface PostgresServer extends Server {
  adminUrl: string;
}

interface Place {
  home: string;
  onPid: (pid: number) => void;
}

/** Durable, as in production: what was committed is there after any kill. */
export async function postgresServer({ home, onPid }: Place, port: number): Promise<PostgresServer> {
  const dir = join(home, 'postgres');
  let server: Postgres;
  const start = async (): Promise<void> => {
    // After a kill of the first process its children take a moment to notice, and nothing starts beside them.
    server = await persistently(() => startPostgres({ dir, port }));
    onPid(server.pid);
  };
  await start();
  return {
    adminUrl: server!.adminUrl,
    stop: () => server.stop(),
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    start,
  };
}

export async function kafkaServer(
  { home, onPid }: Place,
  ports: { port: number; controllerPort: number; advertisedPort?: number },
): Promise<Server> {
  const dir = join(home, 'kafka');
  mkdirSync(dir, { recursive: true });
  let server: Kafka;
  const start = async (): Promise<void> => {
    server = await persistently(() => startKafka({ dir, ...ports }));
    onPid(server.pid);
  };
  await start();
  return { stop: () => server.stop(), kill: () => server.kill('SIGKILL'), start };
}

const TRIES = 10;

async function persistently<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(1_000);
    }
  }
}
