import type { K8sCase } from '../k8s-case';
import { autoscaling } from './autoscaling';
import { breaker } from './breaker';
import { correlation } from './correlation';
import { gateway } from './gateway';
import { install } from './install';
import { readSide } from './read-side';
import { saga } from './saga';
import { zeroDowntime } from './zero-downtime';

/** Every case, in the order in which they run. The first one installs what the others use. */
export const allCases: K8sCase[] = [
  install,
  saga,
  readSide,
  correlation,
  gateway,
  breaker,
  autoscaling,
  ...zeroDowntime,
];

/** A few that touch most of it, within ten minutes. */
export const SHORT = ['install', 'saga', 'correlation', 'gateway', 'breaker', 'rolling-update'];
