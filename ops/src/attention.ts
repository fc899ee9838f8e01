import { gatheredAttention } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { LIST_USAGE, listOptions } from './options';
import { show } from './print';

export const attention: Command = {
  usage: LIST_USAGE,
  about: 'Lists what is past its time, oldest first',
  run: async (args) => {
    const { json, query } = listOptions(args);
    const answer = await ask({ path: '/api/admin/attention', query, answer: gatheredAttention });
    return show(answer, json, ['since', 'service', 'kind', 'subject', 'what', 'lastError', 'actions']);
  },
};
