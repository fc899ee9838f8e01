import { currentContext, type Context } from '@outerpark/chassis/context';
import type { Logger } from '@outerpark/chassis/logger';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import { inSpan, type Tracer } from '@outerpark/chassis/telemetry/tracer';
import { together } from '@outerpark/chassis/together';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { NoticeChannel } from '@outerpark/contracts/notification-events';
import { channelsFor, type OutsideChannel } from '../domain/channels';
import { settle, type RetryPolicy, type Settlement } from '../domain/delivery';
import { claimDue, endClaims, logDeliveries, type ClaimedNotice, type Tried } from '../persistence/deliveries';
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
export function createDeliverNotices(tools: DeliveryTools): () => Promise<'busy' | 'idle'> {
  const { store, channels, now, leaseMs, atOnce, tracer } = tools;
  const end = createEnd(tools);

  const deliverTraced = (notice: ClaimedNotice): Promise<void> => {
    const { channel, kind, reservationId } = notice;
    const attributes = { 'outerpark.notice.kind': kind, 'outerpark.reservation.id': reservationId };
    const span = { name: `deliver ${channel}`, kind: 'internal', attributes } as const;
    return inSpan(span, async () => end({ notice, ...(await tryOnce(tools, notice)) }), notice.context, tracer);
  };

  return async () => {
    const started = now();
    const claimed = await claimDue(store, started, new Date(started.getTime() + leaseMs), atOnce, channels);
    const tries = await Promise.allSettled(claimed.map(deliverTraced));
    const failed = tries.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return claimed.length === atOnce ? 'busy' : 'idle';
  };
}

async function tryOnce(tools: DeliveryTools, notice: ClaimedNotice): Promise<Omit<Tried, 'notice'>> {
  const { store, senders, available, retry, wake, now } = tools;
  const { id, channel, contact, booking, expired } = notice;
  if (!contact || !booking) return giveUp(contact ? 'undelivered' : 'no-address');

  // What the customer has chosen may be of a moment ago: then the others take over.
  const wanted = channelsFor(notice.chosen, available);
  const isWanted = wanted.includes(channel);
  const others = wanted.filter((other) => other !== channel);
  if (!(isWanted && expired) && (await addChannels(store, id, others, now()))) wake();

  if (!isWanted) return { settlement: { status: 'skipped' } };
  if (channel === 'mypage') return { settlement: { status: 'sent' }, outcome: { kind: 'sent' } };
  if (expired) return giveUp('undelivered');
  const outcome = await senders[channel]!({ ...notice, contact, booking });
  return { settlement: settle(outcome, notice.tries, now(), retry), outcome };
}

const giveUp = (reason: 'undelivered' | 'no-address') => ({ settlement: { status: 'failed', reason } as const });

/** Settles tries: those that end at the same time in one transaction. */
function createEnd({ store, outbox, now, logger, count }: DeliveryTools): (tried: Tried) => Promise<void> {
  const settleTried = together<Tried & { context: Context }, void>(
    () => 'tries',
    (tried) =>
      store.transact(async (tx) => {
        const time = now();
        await logDeliveries(tx, tried, time);
        const ended = await endClaims(tx, tried);
        const ours = tried.filter(({ notice }) => ended.has(notice.id));
        outbox.appendAll(
          tx,
          ours.map(({ notice, settlement, context }) => ({
            ...{ subject: notice.id, firstVersion: notice.events + 1, events: eventsOf(notice, settlement), context },
          })),
          time,
        );
        return tried.map(() => undefined);
      }),
  );
  return async (tried) => {
    await settleTried({ ...tried, context: currentContext() });
    const { notice, settlement, outcome } = tried;
    const { id, kind, channel } = notice;
    count(channel, settlement.status);
    logger.info({ notice: id, kind, channel, outcome, settlement }, 'notice tried');
  };
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
