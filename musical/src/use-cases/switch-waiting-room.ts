import { problem } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { WantedSeats } from '@outerpark/contracts/http/holds';
import type { WaitingRoom, WaitingRoomMode } from '@outerpark/contracts/http/waiting-rooms';
import { isOver } from '../domain/hold';
import type { Offer } from '../domain/offer';
import { newWaitingRoom, switched, waitingRoomView } from '../domain/waiting-room';
import { changeRoom, makeRoom, roomsOf, type Unsaid } from '../persistence/waiting-rooms';

/** Opens a waiting room, closes it so that everybody may reserve, or leaves it to the load. Throws `not-found` and `performance-over`. */
export const createSwitchWaitingRoom =
  (store: Store, findOffers: (wanted: WantedSeats) => Promise<Offer[]>, unsaid: Unsaid, now: () => Date) =>
  async (performanceId: string, mode: WaitingRoomMode): Promise<WaitingRoom> => {
    const [offer] = await findOffers({ performanceId, lines: [] });
    if (!offer) throw problem('not-found', 'There is no such performance');
    if (mode !== 'off' && isOver(offer, now())) throw problem('performance-over');
    await makeRoom(store, performanceId, unsaid, now());
    const changed = await changeRoom(store, performanceId, (room) => switched(room, mode, unsaid.rate, now()));
    return waitingRoomView(performanceId, changed!.after);
  };

/** The waiting room of each performance of a musical; nothing when there is no such musical. */
export const createSeeWaitingRooms =
  (store: Pick<Store, 'query'>, { mode, rate }: Unsaid, now: () => Date) =>
  async (musicalId: string): Promise<WaitingRoom[]> =>
    (await roomsOf(store, musicalId)).map(({ performanceId, room }) =>
      waitingRoomView(performanceId, room ?? newWaitingRoom(mode, rate, now())),
    );
