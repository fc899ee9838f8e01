import { gatheredActions } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { LIST_USAGE, listOptions } from './options';
import { show } from './print';

export const actions: Command = {
  usage: LIST_USAGE,
  about: 'Lists what operators did and were refused, newest first',
  run: async (args) => {
    const { json, query } = listOptions(args);
    const answer = await ask({ path: '/api/admin/actions', query, answer: gatheredActions });
    return show(answer, json, ['at', 'operator', 'service', 'action', 'kind', 'subject', 'reason', 'outcome']);
  },
};
