import type { Logger } from '@outerpark/chassis/logger';
import { startLoop } from '@outerpark/chassis/loop';
import type { Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { WantedSeats } from '@outerpark/contracts/http/holds';
import type { Config } from './config';
import type { Offer } from './domain/offer';
import { createLoadMeter } from './load-meter';
import { measureWaitingRooms } from './metrics';
import { createAdmitWaiting } from './use-cases/admit-waiting';
import { createWaitingPasses } from './use-cases/join-waiting-room';
import { createSeeWaitingRooms, createSwitchWaitingRoom } from './use-cases/switch-waiting-room';

interface Dependencies {
  store: Store;
  findOffers: (wanted: WantedSeats) => Promise<Offer[]>;
  config: Config;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
}

/** How often a process looks whether it is time to admit: oftener than that is. */
const LOOK_EVERY_MS = 500;

/** Puts together what waiting rooms need, and keeps them moving in every process that decides holds. */
export function startWaitingRooms({ store, findOffers, config, now, logger, metrics }: Dependencies) {
  const meter = createLoadMeter(config.waitingRoomLateMs, config.waitingRoomMode, now);
  const unsaid = { mode: config.waitingRoomMode, rate: config.waitingRoomSlowest };
  const rules = {
    slowestRate: config.waitingRoomSlowest,
    opensAtRate: config.waitingRoomOpensAt,
    quietMs: config.waitingRoomQuietMs,
  };
  const countAdmissions = measureWaitingRooms(metrics, store);
  const work = createAdmitWaiting({
    ...{ store, meter, rules, unsaid, now },
    onChange: ({ performanceId, admitted, opened, closed }) => {
      countAdmissions(admitted);
      if (opened || closed) logger.info({ performanceId }, opened ? 'waiting room opened' : 'waiting room closed');
    },
  });
  const loop = config.roles.http
    ? startLoop({ name: 'admit waiting', logger, work, idleMs: LOOK_EVERY_MS })
    : undefined;
  const passes = createWaitingPasses(store, findOffers, now);

  return {
    countDecided: meter.count,
    api: {
      joinWaitingRoom: passes.join,
      seeWaitingPass: passes.see,
      waitingRoomsOf: createSeeWaitingRooms(store, unsaid, now),
      switchWaitingRoom: createSwitchWaitingRoom(store, findOffers, unsaid, now),
    },
    stop: async (): Promise<void> => loop?.stop(),
  };
}
