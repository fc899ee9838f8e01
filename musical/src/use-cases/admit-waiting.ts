import type { Store } from '@outerpark/chassis/postgres/store';
import { advanced, ended, type AdmissionRules } from '../domain/admission';
import type { LoadMeter } from '../load-meter';
import { addLoads, changeRoom, dueRooms, type Unsaid } from '../persistence/waiting-rooms';

interface Dependencies {
  store: Store;
  meter: LoadMeter;
  rules: AdmissionRules;
  unsaid: Unsaid;
  now: () => Date;
  /** Is told of rooms that open or close, and of how many are admitted. */
  onChange: (change: { performanceId: string; admitted: number; opened: boolean; closed: boolean }) => void;
}

/** A room is measured so often, by whichever process comes first. */
const EVERY_MS = 1_000;

/**
 * One round of what keeps waiting rooms moving, in every process alike: it tells what this process has decided, and admits from each
 * room for the time since anybody last did so. The room's own time, under its lock, sees to it that of several processes one does.
 */
export function createAdmitWaiting({
  store,
  meter,
  rules,
  unsaid,
  now,
  onChange,
}: Dependencies): () => Promise<'idle'> {
  return async () => {
    const { loads, since } = meter.take();
    if (loads.length > 0) await addLoads(store, loads, unsaid, since);

    const due = () => new Date(now().getTime() - EVERY_MS);
    for (const { performanceId, over } of await dueRooms(store, due(), now())) {
      const changed = await changeRoom(store, performanceId, (room, load) => {
        if (room.measuredAt > due()) return undefined;
        return over ? ended(room, now()) : advanced(room, load, rules, now());
      });
      if (!changed) continue;
      const { before, after } = changed;
      onChange({
        performanceId,
        admitted: before.open ? after.admitted - before.admitted : 0,
        opened: after.open && !before.open,
        closed: before.open && !after.open,
      });
    }
    return 'idle';
  };
}
