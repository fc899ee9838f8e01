import { problem } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import type { WantedSeats } from '@outerpark/contracts/http/holds';
import type { WaitingPass } from '@outerpark/contracts/http/waiting-rooms';
import { isOver } from '../domain/hold';
import type { Offer } from '../domain/offer';
import { hasJoined, standingOf } from '../domain/waiting-room';
import { givePositions, readQueue } from '../persistence/waiting-passes';

interface Asked {
  performanceId: string;
  customerId: string;
  joins: boolean;
}

export interface WaitingPasses {
  /** Gives the customer the next position, once, however often and from wherever it is asked for. Throws `not-found` and `performance-over`. */
  join(performanceId: string, customerId: string): Promise<WaitingPass>;
  /** How the customer stands. Throws `not-found`. */
  see(performanceId: string, customerId: string): Promise<WaitingPass>;
}

/** A rush comes to the waiting room first: all who ask for one performance at once are answered by one reading, and join by one write. */
export function createWaitingPasses(
  store: Pick<Store, 'query'>,
  findOffers: (wanted: WantedSeats) => Promise<Offer[]>,
  now: () => Date,
): WaitingPasses {
  const answer = together<Asked, WaitingPass>(
    ({ performanceId }) => performanceId,
    async (asked) => {
      const { performanceId } = asked[0]!;
      const customers = distinct(asked);
      let queue = await readQueue(store, performanceId, customers);
      if (queue?.room.open) {
        const { room, positions } = queue;
        const joining = distinct(
          asked.filter(({ joins, customerId }) => joins && !hasJoined(room, positions.get(customerId))),
        );
        if (joining.length > 0) {
          await givePositions(store, performanceId, joining, now());
          queue = await readQueue(store, performanceId, customers);
        }
      }
      return asked.map(({ customerId }) => ({
        performanceId,
        ...standingOf(queue?.room, queue?.positions.get(customerId)),
      }));
    },
  );

  const offerOf = async (performanceId: string): Promise<Offer> => {
    const [offer] = await findOffers({ performanceId, lines: [] });
    if (!offer) throw problem('not-found', 'There is no such performance');
    return offer;
  };

  return {
    join: async (performanceId, customerId) => {
      if (isOver(await offerOf(performanceId), now())) throw problem('performance-over');
      return answer({ performanceId, customerId, joins: true });
    },
    see: async (performanceId, customerId) => {
      await offerOf(performanceId);
      return answer({ performanceId, customerId, joins: false });
    },
  };
}

/** In order of arrival. */
const distinct = (asked: Asked[]): string[] => [...new Set(asked.map(({ customerId }) => customerId))];
