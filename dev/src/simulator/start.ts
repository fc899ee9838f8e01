import { type Running, serve } from '../http/serve';
import { openProvider } from './provider';
import { simulatorApp } from './routes';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  /** Where the books are kept; without it they are in memory. */
  dataDir?: string;
}

/** Starts a payment provider that is not one: an HTTP server with a ledger, a payment page and faults to switch on. */
export const startSimulator = async ({ port, dataDir }: SimulatorOptions): Promise<Running> => {
  const provider = openProvider(dataDir);
  const app = simulatorApp(provider, () => running.url);
  const running: Running = await serve(app, port);
  return {
    ...running,
    stop: async () => {
      await running.stop();
      provider.close();
    },
  };
};
