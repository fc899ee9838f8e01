import { opened, type WaitingRoom } from './waiting-room';

/** Holds of one performance that were decided since the room was last measured, and how many of them late. */
export interface Load {
  decided: number;
  late: number;
}

export interface AdmissionRules {
  /** So many are admitted a second at least, whatever is measured. */
  slowestRate: number;
  /** An automatic room opens when so many holds are decided a second. */
  opensAtRate: number;
  /** An automatic room closes when for so long nobody has had to wait. */
  quietMs: number;
}

/** Fewer late holds than that are a hiccup. */
const FEW = 5;
/** After a silence (nobody measured) nobody is admitted for more than that, or all of it would come as one wave. */
const LONGEST_MS = 5_000;
const FASTER = 1.2;
const SLOWER = 0.9;
/** What is really held, less a part by which the backlog gets shorter. */
const UNDER_PRESSURE = 0.8;

/**
 * The room a while later: who is admitted meanwhile, at which rate it goes on, and whether it opens or closes by itself. The rate
 * follows what the path to a hold really carries. While most holds are late it falls below what is held; while they are in time
 * and most of those who are admitted do hold, it rises; while nobody holds it falls slowly, never below the slowest. Admissions
 * that nobody uses only keep it from rising.
 */
export function advanced(room: WaitingRoom, load: Load, rules: AdmissionRules, now: Date): WaitingRoom {
  const elapsedMs = now.getTime() - room.measuredAt.getTime();
  if (elapsedMs <= 0) return room;
  const heldRate = (load.decided * 1_000) / elapsedMs;
  const late = load.late >= FEW && load.late * 2 >= load.decided;
  const pressed = late || heldRate >= rules.opensAtRate;

  if (!room.open) {
    const opens = room.mode === 'automatic' && pressed;
    return opens ? opened(room, Math.max(rules.slowestRate, heldRate), now) : { ...room, measuredAt: now };
  }
  const rate = Math.max(rules.slowestRate, nextRate(room.rate, heldRate, late));
  const due = room.credit + (rate * Math.min(elapsedMs, LONGEST_MS)) / 1_000;
  const admitted = Math.min(room.joined, room.admitted + Math.floor(due));
  const waits = admitted < room.joined;
  const busyAt = waits || pressed ? now : room.busyAt;
  return {
    ...room,
    ...{ rate, admitted, busyAt, measuredAt: now },
    // Nobody saves up admissions for a wave later.
    credit: waits ? due % 1 : 0,
    open: room.mode !== 'automatic' || now.getTime() - busyAt.getTime() < rules.quietMs,
  };
}

/** The performance has begun: there is nothing to wait for any more. */
export const ended = (room: WaitingRoom, now: Date): WaitingRoom => ({
  ...room,
  ...{ mode: 'off', open: false, measuredAt: now },
});

function nextRate(rate: number, heldRate: number, late: boolean): number {
  if (late) return Math.min(rate, heldRate * UNDER_PRESSURE);
  if (heldRate === 0) return rate * SLOWER;
  return heldRate * 2 >= rate ? rate * FASTER : rate;
}
