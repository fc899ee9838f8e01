import { type Running, serve } from '../http/serve';
import { openProvider } from './provider';
import { simulatorApp } from './routes';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  /** Where the books are kept; without it they are in memory. */
  dataDir?: string;
  /** Where customers reach it, for payment pages; by default where it listens. */
  publicUrl?: string;
}

/** Starts a payment provider that is not one: an HTTP server with a ledger, a payment page and faults to switch on. */
export const startSimulator = async ({ port, host, dataDir, publicUrl }: SimulatorOptions): Promise<Running> => {
  const provider = openProvider(dataDir);
  const app = simulatorApp(provider, () => publicUrl ?? running.url);
  const running: Running = await serve(app, port, host);
  return {
    ...running,
    stop: async () => {
      await running.stop();
      provider.close();
    },
  };
};
