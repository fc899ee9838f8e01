import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Running {
  url: string;
  port: number;
  stop: () => Promise<void>;
}

const STOP_LIMIT_MS = 2000;

/** Serves until stopped, on 127.0.0.1 unless told otherwise; port 0 takes a free one. Stopping lets open requests end, for two seconds. */
export const serve = async (listener: RequestListener, port: number, host = '127.0.0.1'): Promise<Running> => {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    stop: () =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
      }),
  };
};

/** For a program's main: ends it with `stop` on SIGTERM and SIGINT. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  const end = (): void => void stop().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
};

/** For a program's main: runs it, and says in one line why it could not. */
export const runMain = (main: () => Promise<void>): void => {
  main().catch((error: unknown) => {
    console.error(JSON.stringify({ level: 'fatal', message: error instanceof Error ? error.message : String(error) }));
    process.exit(1);
  });
};
