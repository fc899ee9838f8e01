import { closedLoop } from './closed-loop';
import { floors } from './floors';
import { hotRow } from './hot-row';
import { mixed } from './mixed';
import { propagation } from './propagation';
import { reads } from './reads';
import { rush } from './rush';
import type { Scenario } from './scenario';
import { sustained } from './sustained';

/** In the order in which they run: the floors first, because the others are compared with them. */
export const scenarios: Scenario[] = [floors, propagation, closedLoop, reads, rush, mixed, sustained, hotRow];
