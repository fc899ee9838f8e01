import { type Running, serve } from '../http/serve';
import { SwitchedFaults } from './faults';
import { openProvider } from './provider';
import { simulatorApp } from './routes';
import { sendWebhooks, type WebhookTarget } from './webhooks';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  /** Where the books are kept; without it they are in memory. */
  dataDir?: string;
  /** Where customers reach it, for payment pages; by default where it listens. */
  publicUrl?: string;
  /** Who is told of every charge and refund; nobody without it. */
  webhook?: WebhookTarget;
}

/** Starts a payment provider that is not one: an HTTP server with a ledger, a payment page and faults to switch on. */
export const startSimulator = async ({
  port,
  host,
  dataDir,
  publicUrl,
  webhook,
}: SimulatorOptions): Promise<Running> => {
  const faults = new SwitchedFaults();
  const webhooks = webhook && sendWebhooks(webhook, faults);
  const provider = openProvider(dataDir, webhooks?.tell);
  const app = simulatorApp(provider, faults, () => publicUrl ?? running.url);
  const running: Running = await serve(app, port, host);
  return {
    ...running,
    stop: async () => {
      await running.stop();
      webhooks?.stop();
      provider.close();
    },
  };
};
