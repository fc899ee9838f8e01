import { problem } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import { reopenNotice } from '../persistence/notices';

/** Has a notice delivered once more, whether it was sent or given up; one that is still being tried goes on. Throws `not-found`. */
export const createResend =
  (store: Store, giveUpMs: number, now: () => Date, wake: () => void) =>
  async (noticeId: string): Promise<void> => {
    await store.transact(async (tx) => {
      const time = now();
      if (!(await reopenNotice(tx, noticeId, time, new Date(time.getTime() + giveUpMs)))) throw problem('not-found');
      tx.afterCommit(wake);
    });
  };
