import { createHmac, randomBytes } from 'node:crypto';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { Faults } from '@outerpark/dev/simulator/faults';
import type { Ledger } from '@outerpark/dev/simulator/provider';
import { startSimulator } from '@outerpark/dev/simulator/start';
import { connectSimulator } from '../src/clients/simulator';
import { providerContract, type Sandbox } from './provider-contract';

const FAULTS: Record<Parameters<Sandbox['trouble']>[0], Faults> = {
  none: {},
  declines: { declineAll: true },
  'a page': { requireAction: true },
  'lost answers': { noAnswer: 'after' },
  'lost requests': { noAnswer: 'before' },
  errors: { errorRate: 1 },
  'too many': { tooManyRequests: true },
  slow: { latencyMs: 4_000 },
  down: { down: true },
};

providerContract('the simulator', async () => {
  const simulator = await startSimulator({ port: 0 });
  const secret = randomBytes(32);
  const provider = connectSimulator({
    url: simulator.url,
    timeoutMs: 2_000,
    // The breaker has tests of its own.
    breakerVolume: 10_000,
    breakerResetMs: 60_000,
    webhookSecrets: [secret],
    metrics: createMetrics('test'),
  });
  return {
    provider,
    money: async (reference) => {
      const answer = await fetch(`${simulator.url}/ledger?reference=${reference}`);
      const { captured, refunded } = (await answer.json()) as Ledger;
      return { captured, refunded };
    },
    trouble: async (kind) => {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${simulator.url}/faults`, { method: 'PUT', headers, body: JSON.stringify(FAULTS[kind]) });
    },
    decide: async (url, decision) => {
      await fetch(url, { method: 'POST', body: new URLSearchParams({ decision }) });
    },
    webhook: (about, id, at) => {
      const body = { type: 'charge.updated', data: { key: about, status: 'approved' } };
      const rawBody = Buffer.from(JSON.stringify(body));
      const timestamp = String(Math.floor(at.getTime() / 1_000));
      const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(rawBody).digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
      return { headers, rawBody, body };
    },
    stop: async () => {
      await provider.close();
      await simulator.stop();
    },
  };
});
