import { systemReport, type ReplicaReport } from '@outerpark/contracts/http/system';
import { parseArgs } from 'node:util';
import type { Command } from './command';
import { ask } from './gateway';
import { show } from './print';

export const system: Command = {
  usage: '[--json]',
  about: 'Tells how every replica of every service is',
  run: async (args) => {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    const { services, ...rest } = await ask({ path: '/api/admin/system', answer: systemReport });
    const items = values.json ? services : services.map(asRow);
    return show({ ...rest, items }, values.json, COLUMNS);
  },
};

const COLUMNS = ['service', 'url', 'state', 'uptime', 'breakers', 'behind', 'outbox', 'loop'];

const asRow = (replica: ReplicaReport): Record<string, unknown> => ({
  service: replica.service,
  url: replica.url,
  state: replica.ready ? 'ready' : `NOT READY: ${replica.notReady ?? ''}`,
  uptime: replica.uptimeSeconds === null ? null : `${Math.round(replica.uptimeSeconds)} s`,
  breakers: replica.breakers.map(({ name, state }) => `${name} ${state}`),
  behind: replica.consumers.filter(({ lag }) => lag !== 0).map(({ topic, lag }) => `${topic} ${lag ?? '?'}`),
  outbox: replica.outbox && `${Math.round(replica.outbox.oldestSeconds)} s`,
  loop: replica.eventLoopDelaySeconds === undefined ? null : `${Math.round(replica.eventLoopDelaySeconds * 1_000)} ms`,
});
