import { gatheredDeadLetters } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { LIST_USAGE, listOptions } from './options';
import { show } from './print';

export const deadLetters: Command = {
  usage: LIST_USAGE,
  about: 'Lists the events that were set aside, and those that wait behind them',
  run: async (args) => {
    const { json, query } = listOptions(args);
    const answer = await ask({ path: '/api/admin/dead-letters', query, answer: gatheredDeadLetters });
    return show(answer, json, ['service', 'id', 'type', 'aggregate', 'cause', 'queued', 'since', 'reason']);
  },
};
