import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { releaseHold, sellHold } from '../persistence/holds';

/** The reservation is paid: its held seats are sold. */
export const sellSeats = sellHold;

/**
 * The reservation has ended: its seats are free again, and whoever waits for that is told. Only a reservation's event ends a hold,
 * never this service's clock. With no hold to end it leaves a tombstone, so that the hold which comes late is refused.
 */
export const createReleaseSeats =
  (outbox: Outbox, now: () => Date) =>
  async (tx: Tx, reservationId: string, customerId: string): Promise<void> => {
    const released = await releaseHold(tx, reservationId, customerId, now());
    if (!released?.performanceId) return;
    const { performanceId, lines } = released;
    outbox.append(
      tx,
      reservationId,
      1,
      [{ type: 'SeatsReleased', data: { reservationId, performanceId, lines } }],
      now(),
    );
  };
