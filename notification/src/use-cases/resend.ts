import { problem } from '@outerpark/chassis/errors';
import { isUuid } from '@outerpark/chassis/http/validate';
import { perform, type ActionTools, type Effect } from '@outerpark/chassis/operators/actions';
import type { ActionDone } from '@outerpark/contracts/http/operators';
import { reopenNotice } from '../persistence/notices';

/** Has a notice delivered once more, whether it was sent or given up; one that is still being tried goes on. Throws `not-found`. */
export const createResend =
  (giveUpMs: number, now: () => Date, wake: () => void): Effect =>
  async (tx, noticeId) => {
    const time = now();
    const found = isUuid(noticeId) && (await reopenNotice(tx, noticeId, time, new Date(time.getTime() + giveUpMs)));
    if (!found) throw problem('not-found', 'There is no such notice');
    tx.afterCommit(wake);
    return 'to be delivered again';
  };

/** The same for any notice, also for one that needs no attention, and written down like all that operators do. */
export const createResendByOperator =
  (tools: ActionTools, resend: Effect) =>
  async (noticeId: string, by: { operator: string; reason: string }): Promise<ActionDone> => {
    const act = { kind: 'notice', subject: noticeId, action: 'resend' };
    return { ...act, outcome: await perform(tools, { ...by, ...act }, resend) };
  };
