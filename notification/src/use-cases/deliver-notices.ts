import { runInContext } from '@outerpark/chassis/context';
import type { Logger } from '@outerpark/chassis/logger';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { Mailer } from '../clients/mailer';
import { settle, type Outcome, type RetryPolicy, type Settlement } from '../domain/delivery';
import { writeMail } from '../domain/mail';
import { composeMessage } from '../domain/message';
import { claimDue, endClaim, logDelivery, type ClaimedNotice } from '../persistence/deliveries';

export interface DeliveryTools {
  store: Store;
  outbox: Outbox;
  mailer: Mailer;
  /** Where customers find OuterPark. */
  publicUrl?: string;
  retry: RetryPolicy;
  /** Longer than any try takes, in milliseconds: after it the notice is another worker's. */
  leaseMs: number;
  /** How many notices are tried at the same time. */
  atOnce: number;
  now: () => Date;
  logger: Logger;
}

/** Tries the notices whose time has come, each once. Gives how many there were; `busy`: there may be more. */
export const createDeliverNotices = (tools: DeliveryTools) => async (): Promise<'busy' | 'idle'> => {
  const { store, now, leaseMs, atOnce } = tools;
  const started = now();
  const claimed = await claimDue(store, started, new Date(started.getTime() + leaseMs), atOnce);
  const tries = await Promise.allSettled(
    claimed.map((notice) => runInContext(notice.context, () => deliver(tools, notice))),
  );
  const failed = tries.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return claimed.length === atOnce ? 'busy' : 'idle';
};

async function deliver(tools: DeliveryTools, notice: ClaimedNotice): Promise<void> {
  const { mailer, publicUrl, retry, now } = tools;
  const { contact, booking } = notice;
  if (notice.expired || !contact || !booking) {
    const reason = contact ? 'undelivered' : 'no-address';
    return end(tools, notice, { status: 'failed', reason });
  }
  const message = composeMessage(notice.kind, notice.detail, booking, contact, publicUrl);
  const outcome = await mailer.send(contact.email, writeMail(message), messageIdOf(notice));
  await end(tools, notice, settle(outcome, notice.tries, now(), retry), outcome);
}

/** The same for every try, so that a second copy is known for one; another after a resend, which is wanted. */
const messageIdOf = ({ id, events }: ClaimedNotice): string => `<${id}.${events}@notification.outerpark>`;

async function end(
  { store, outbox, now, logger }: DeliveryTools,
  notice: ClaimedNotice,
  settlement: Settlement,
  outcome?: Outcome,
): Promise<void> {
  const time = now();
  await store.transact(async (tx) => {
    if (outcome) await logDelivery(tx, notice.id, outcome, time);
    const ours = await endClaim(tx, notice, settlement);
    if (ours) await outbox.append(tx, notice.id, notice.events + 1, eventsOf(notice, settlement), time);
  });
  logger.info({ notice: notice.id, kind: notice.kind, outcome, settlement }, 'notice tried');
}

function eventsOf(
  { id, reservationId, customerId, kind, tells }: ClaimedNotice,
  settlement: Settlement,
): DomainEvent[] {
  const data = { noticeId: id, reservationId, customerId, kind, channel: 'email' as const, tells };
  switch (settlement.status) {
    case 'sent':
      return [{ type: 'NotificationSent', data }];
    case 'failed':
      return [{ type: 'NotificationFailed', data: { ...data, reason: settlement.reason } }];
    case 'pending':
      return [];
  }
}
