import { gatheredCauses } from '@outerpark/contracts/http/operators';
import { parseArgs } from 'node:util';
import type { Command } from './command';
import { ask } from './gateway';
import { show } from './print';

export const causes: Command = {
  usage: '[--service NAME] [--json]',
  about: 'Groups the dead letters by what they failed of',
  run: async (args) => {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean', default: false }, service: { type: 'string' } },
    });
    const query = { service: values.service };
    const answer = await ask({ path: '/api/admin/dead-letters/causes', query, answer: gatheredCauses });
    return show(answer, values.json, ['since', 'service', 'cause', 'type', 'aggregates', 'events', 'reason']);
  },
};
