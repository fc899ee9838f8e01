import type { WaitingRoomMode } from '@outerpark/contracts/http/waiting-rooms';
import type { Gate } from './domain/waiting-room';
import type { DecidedLoad } from './persistence/waiting-rooms';
import type { CountDecided } from './use-cases/hold-seats';

export interface LoadMeter {
  count: CountDecided;
  /** What was counted since it was taken last, and from when on. */
  take(): { loads: DecidedLoad[]; since: Date };
}

/**
 * Counts in memory the holds that this process decides, by performance; late are those that took longer than `lateMs`. Where no load
 * can open a room nothing is counted.
 */
export function createLoadMeter(lateMs: number, unsaidMode: WaitingRoomMode, now: () => Date): LoadMeter {
  let counted = new Map<string, DecidedLoad>();
  let since = now();
  const matters = (room: Gate | undefined) => room?.open || (room?.mode ?? unsaidMode) === 'automatic';

  return {
    count: (performanceId, room, latenessMs) => {
      if (latenessMs.length === 0 || !matters(room)) return;
      const { decided, late } = counted.get(performanceId) ?? { decided: 0, late: 0 };
      counted.set(performanceId, {
        performanceId,
        decided: decided + latenessMs.length,
        late: late + latenessMs.filter((ms) => ms >= lateMs).length,
      });
    },
    take: () => {
      const taken = { loads: [...counted.values()], since };
      counted = new Map();
      since = now();
      return taken;
    },
  };
}
