import { continueTrace, runInContext } from '@outerpark/chassis/context';
import { eachInTurn } from '@outerpark/chassis/each-in-turn';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import { abandonIntent, staleIntents } from '../persistence/intents';

/** Closes an intent whose hold is not known: musical will release the hold, or refuse it when it comes late. */
export async function abandon(store: Store, outbox: Outbox, reservationId: string, time: Date): Promise<void> {
  await store.transact(async (tx) => {
    const intent = await abandonIntent(tx, reservationId);
    if (!intent) return;
    const { customerId, correlationId, traceparent } = intent;
    runInContext(continueTrace(correlationId, traceparent), () =>
      outbox.append(
        tx,
        reservationId,
        1,
        [{ type: 'ReservationAbandoned', data: { reservationId, customerId } }],
        time,
      ),
    );
  });
}

const AT_ONCE = 100;

/** Abandons the intents that a crash left open. */
export const createAbandonStaleIntents =
  (store: Store, outbox: Outbox, now: () => Date, limitMs: number) => async (): Promise<'busy' | 'idle'> => {
    const stale = await staleIntents(store, limitMs, AT_ONCE);
    await eachInTurn(stale, (reservationId) => abandon(store, outbox, reservationId, now()));
    return stale.length === AT_ONCE ? 'busy' : 'idle';
  };
