import { gatheredReplays } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { actOptions } from './options';
import { show } from './print';

/** An id names a message, as in reservation.events-3-17; anything else is a cause. */
const isId = (text: string): boolean => /-\d+-\d+$/.test(text);

export const replay: Command = {
  usage: 'ID|CAUSE --reason TEXT [--service NAME] [--json]',
  about: 'Applies the dead letters of one aggregate, or all of one cause, again',
  run: async (args) => {
    const { json, service, body, subjects } = actOptions(args, ['the id of a dead letter or a cause']);
    const [subject] = subjects as [string];
    const path = `/api/admin/dead-letters/${isId(subject) ? '' : 'causes/'}${encodeURIComponent(subject)}/replay`;
    const answer = await ask({ path, query: { service }, body, answer: gatheredReplays });
    const code = show(answer, json, ['service', 'replayed']);
    const failed = answer.items.flatMap(({ service, failed }) => failed.map((one) => ({ service, ...one })));
    for (const { service, aggregate, why } of failed) console.error(`${service}: ${aggregate} fails again: ${why}`);
    return code === 0 && failed.length > 0 ? 1 : code;
  },
};
