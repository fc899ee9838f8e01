import type { FaultCase } from '../fault-case';
import { atPoints } from './at-points';
import { atRandomTimes } from './at-random-times';
import { clocks } from './clocks';
import { messages } from './messages';
import { network } from './network';
import { overload } from './overload';
import { provider } from './provider';
import { releases } from './releases';
import { servers } from './servers';
import { stores } from './stores';

/** Every case, in the order in which they run. */
export const allCases: FaultCase[] = [
  ...atPoints,
  ...atRandomTimes,
  ...servers,
  ...messages,
  ...stores,
  ...clocks,
  ...releases,
  ...provider,
  ...network,
  ...overload,
];

/** A few that together touch most of it. */
export const SHORT = ['reservation-killed-at-points', 'payment-killed-at-points', 'postgres-restarted'];
