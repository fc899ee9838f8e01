import type {
  WaitingPass,
  WaitingRoom as WaitingRoomView,
  WaitingRoomMode,
} from '@outerpark/contracts/http/waiting-rooms';

/**
 * The queue before one performance, told by its counters: positions up to `joined` are given, up to `admitted` may reserve, and up
 * to `start` are of earlier queues, which count for nothing. So start <= admitted <= joined, and none of them ever falls.
 */
export interface WaitingRoom {
  mode: WaitingRoomMode;
  open: boolean;
  start: number;
  admitted: number;
  joined: number;
  /** Admissions a second, above 0. */
  rate: number;
  /** What is due of the next admission, below 1. */
  credit: number;
  /** When somebody last had to wait, or the path to a hold was pressed. */
  busyAt: Date;
  /** Up to when holds were counted and admissions given. */
  measuredAt: Date;
}

/** What of it a hold is decided by. */
export type Gate = Pick<WaitingRoom, 'mode' | 'open' | 'start' | 'admitted' | 'joined' | 'rate'>;

/** A waiting room with the positions of some customers, by their ids, as they were read at one moment. */
export interface Queue {
  room: Gate;
  positions: Map<string, number>;
}

export const newWaitingRoom = (mode: WaitingRoomMode, rate: number, now: Date): WaitingRoom => ({
  ...{ mode, rate, open: false, start: 0, admitted: 0, joined: 0, credit: 0 },
  ...{ busyAt: now, measuredAt: now },
});

/** A new queue, before which nobody has waited. */
export const opened = (room: WaitingRoom, rate: number, now: Date): WaitingRoom => ({
  ...room,
  ...{ open: true, start: room.joined, admitted: room.joined, rate, credit: 0, busyAt: now, measuredAt: now },
});

/** What an admin says: `automatic` leaves a room as it is, to the load. */
export function switched(room: WaitingRoom, mode: WaitingRoomMode, slowestRate: number, now: Date): WaitingRoom {
  if (mode === 'on' && !room.open) return { ...opened(room, slowestRate, now), mode };
  return { ...room, mode, open: mode === 'off' ? false : room.open };
}

/** The position in the queue of now; undefined for who has not joined this one. */
const ownPosition = ({ start }: Gate, position: number | undefined): number | undefined =>
  position !== undefined && position > start ? position : undefined;

export const hasJoined = (room: Gate, position: number | undefined): boolean =>
  ownPosition(room, position) !== undefined;

export type Standing = Omit<WaitingPass, 'performanceId'>;

/** How a customer stands who has this position, if any. Without a room, or while it is closed, everybody may reserve. */
export function standingOf(room: Gate | undefined, position?: number): Standing {
  if (!room?.open) {
    const none = { position: null, ahead: 0, expectedWaitSeconds: 0, retryAfterSeconds: EVERY_SECONDS };
    return { open: false, admitted: true, ...none };
  }
  const own = ownPosition(room, position);
  const ahead = Math.max(0, (own ?? room.joined + 1) - room.admitted - 1);
  const admitted = own !== undefined && own <= room.admitted;
  const expectedWaitSeconds = admitted ? 0 : Math.ceil((ahead + 1) / room.rate);
  return {
    open: true,
    admitted,
    position: own === undefined ? null : own - room.start,
    ahead,
    expectedWaitSeconds,
    retryAfterSeconds: retryAfter(expectedWaitSeconds, room.joined - room.admitted),
  };
}

const SOONEST_SECONDS = 2;
const EVERY_SECONDS = 5;
/** All who wait for one performance ask so often a second together, and besides each of them once when the turn has come. */
const ASKED_A_SECOND = 200;

/** When the turn is expected, or in between, more rarely the more people wait. */
const retryAfter = (expectedWaitSeconds: number, waiting: number): number =>
  Math.max(
    SOONEST_SECONDS,
    Math.min(expectedWaitSeconds, Math.max(EVERY_SECONDS, Math.ceil(waiting / ASKED_A_SECOND))),
  );

/** As an admin sees it. */
export const waitingRoomView = (
  performanceId: string,
  { mode, open, start, admitted, joined, rate }: Gate,
): WaitingRoomView => ({
  performanceId,
  mode,
  open,
  joined: joined - start,
  admitted: admitted - start,
  waiting: joined - admitted,
  ratePerSecond: open ? Math.round(rate * 10) / 10 : 0,
});
