import { createServer, connect } from 'node:net';

const given = new Set<number>();

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });

/** A port of 127.0.0.1 that nobody listens on; the same one is not given twice in a process. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = await listen(0);
    if (port !== undefined && !given.has(port)) {
      given.add(port);
      return port;
    }
  }
};

/** Whether a server could listen on that port of 127.0.0.1. */
export const isPortFree = async (port: number): Promise<boolean> => (await listen(port)) !== undefined;

/** Whether something accepts connections on that port of 127.0.0.1. */
export const portAnswers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(1000, () => end(false));
  });
