import type { Logger } from '@outerpark/chassis/logger';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import { inSpan, type Tracer } from '@outerpark/chassis/telemetry/tracer';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { NoticeChannel } from '@outerpark/contracts/notification-events';
import { channelsFor, type OutsideChannel } from '../domain/channels';
import { settle, type Outcome, type RetryPolicy, type Settlement } from '../domain/delivery';
import { claimDue, endClaim, logDelivery, type ClaimedNotice } from '../persistence/deliveries';
import { addChannels } from '../persistence/notices';
import type { Senders } from './senders';

export interface DeliveryTools {
  store: Store;
  outbox: Outbox;
  senders: Senders;
  /** Those that the operator has set up. */
  available: OutsideChannel[];
  /** Those of which this worker takes notices. */
  channels: NoticeChannel[];
  retry: RetryPolicy;
  /** Longer than any try takes, in milliseconds: after it the notice is another worker's. */
  leaseMs: number;
  /** How many notices are tried at the same time. */
  atOnce: number;
  /** Another channel has something to deliver. */
  wake: () => void;
  now: () => Date;
  logger: Logger;
  /** Counts tries by their channel and what came of them. */
  count: (channel: NoticeChannel, outcome: Settlement['status']) => void;
  tracer?: Tracer | undefined;
}

/** Tries the notices whose time has come, each once. Gives how many there were; `busy`: there may be more. */
export const createDeliverNotices = (tools: DeliveryTools) => async (): Promise<'busy' | 'idle'> => {
  const { store, channels, now, leaseMs, atOnce } = tools;
  const started = now();
  const claimed = await claimDue(store, started, new Date(started.getTime() + leaseMs), atOnce, channels);
  const tries = await Promise.allSettled(claimed.map((notice) => deliverTraced(tools, notice)));
  const failed = tries.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return claimed.length === atOnce ? 'busy' : 'idle';
};

const deliverTraced = (tools: DeliveryTools, notice: ClaimedNotice): Promise<void> => {
  const { channel, kind, reservationId } = notice;
  const attributes = { 'outerpark.notice.kind': kind, 'outerpark.reservation.id': reservationId };
  const span = { name: `deliver ${channel}`, kind: 'internal', attributes } as const;
  return inSpan(span, () => deliver(tools, notice), notice.context, tools.tracer);
};

async function deliver(tools: DeliveryTools, notice: ClaimedNotice): Promise<void> {
  const { store, senders, available, retry, wake, now } = tools;
  const { id, channel, contact, booking, expired } = notice;
  if (!contact || !booking) return end(tools, notice, giveUp(contact ? 'undelivered' : 'no-address'));

  // What the customer has chosen may be of a moment ago: then the others take over.
  const wanted = channelsFor(notice.chosen, available);
  const isWanted = wanted.includes(channel);
  const others = wanted.filter((other) => other !== channel);
  if (!(isWanted && expired) && (await addChannels(store, id, others, now()))) wake();

  if (!isWanted) return end(tools, notice, { status: 'skipped' });
  if (channel === 'mypage') return end(tools, notice, { status: 'sent' }, { kind: 'sent' });
  if (expired) return end(tools, notice, giveUp('undelivered'));
  const outcome = await senders[channel]!({ ...notice, contact, booking });
  await end(tools, notice, settle(outcome, notice.tries, now(), retry), outcome);
}

const giveUp = (reason: 'undelivered' | 'no-address'): Settlement => ({ status: 'failed', reason });

async function end(
  { store, outbox, now, logger, count }: DeliveryTools,
  notice: ClaimedNotice,
  settlement: Settlement,
  outcome?: Outcome,
): Promise<void> {
  const { id, kind, channel, events } = notice;
  const time = now();
  await store.transact(async (tx) => {
    if (outcome) await logDelivery(tx, notice, outcome, time);
    const ours = await endClaim(tx, notice, settlement);
    if (ours) outbox.append(tx, id, events + 1, eventsOf(notice, settlement), time);
  });
  count(channel, settlement.status);
  logger.info({ notice: id, kind, channel, outcome, settlement }, 'notice tried');
}

function eventsOf(
  { id, reservationId, customerId, kind, channel, tells }: ClaimedNotice,
  settlement: Settlement,
): DomainEvent[] {
  const data = { noticeId: id, reservationId, customerId, kind, channel, tells };
  switch (settlement.status) {
    case 'sent':
      return [{ type: 'NotificationSent', data }];
    case 'failed':
      return [{ type: 'NotificationFailed', data: { ...data, reason: settlement.reason } }];
    case 'skipped':
    case 'pending':
      return [];
  }
}
