import { problem } from '@outerpark/chassis/errors';
import { isUuid } from '@outerpark/chassis/http/validate';
import type { Effect } from '@outerpark/chassis/operators/actions';
import { makeDue } from '../persistence/notices';

/** Has a notice that is still being tried tried again at once. Throws `nothing-to-do` when none such is pending. */
export const createRetryNotice =
  (now: () => Date, wake: () => void): Effect =>
  async (tx, noticeId) => {
    if (!isUuid(noticeId) || !(await makeDue(tx, noticeId, now())))
      throw problem('nothing-to-do', 'No such notice is pending');
    tx.afterCommit(wake);
    return 'due now';
  };
