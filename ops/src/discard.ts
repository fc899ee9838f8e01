import { gatheredDiscards } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { actOptions } from './options';
import { show } from './print';

export const discard: Command = {
  usage: 'ID --reason TEXT [--service NAME] [--json]',
  about: 'Gives one dead letter up for good; what waits behind it waits for a replay',
  run: async (args) => {
    const { json, service, body, subjects } = actOptions(args, ['the id of a dead letter']);
    const path = `/api/admin/dead-letters/${encodeURIComponent(subjects[0]!)}/discard`;
    const answer = await ask({ path, query: { service }, body, answer: gatheredDiscards });
    return show(answer, json, ['service', 'discarded']);
  },
};
