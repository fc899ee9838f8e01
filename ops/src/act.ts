import { actionDone } from '@outerpark/contracts/http/operators';
import type { Command } from './command';
import { ask } from './gateway';
import { actOptions } from './options';

/** An action on an item of `attention`: retry, refund, release, resend. */
export const act = (action: string, about: string): Command => ({
  usage: 'KIND SUBJECT --reason TEXT [--json]',
  about,
  run: async (args) => {
    const { json, body, subjects } = actOptions(args, ['the kind', 'the subject']);
    const [kind, subject] = subjects.map(encodeURIComponent);
    const done = await ask({ path: `/api/admin/attention/${kind}/${subject}/${action}`, body, answer: actionDone });
    console.log(json ? JSON.stringify(done, null, 2) : `${done.kind} ${done.subject}: ${done.outcome}`);
    return 0;
  },
});
