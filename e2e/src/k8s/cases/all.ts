import type { K8sCase } from '../k8s-case';
import { autoscaling } from './autoscaling';
import { badInput } from './bad-input';
import { breaker } from './breaker';
import { configuration } from './configuration';
import { correlation } from './correlation';
import { gateway } from './gateway';
import { install } from './install';
import { noDatabaseYet } from './no-database-yet';
import { outages } from './outages';
import { readSide } from './read-side';
import { removal } from './removal';
import { saga } from './saga';
import { selfHealing } from './self-healing';
import { twoReleases } from './two-releases';
import { versions } from './versions';
import { volumes } from './volumes';
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
  ...selfHealing,
  ...outages,
  ...configuration,
  ...volumes,
  ...versions,
  ...badInput,
  noDatabaseYet,
  twoReleases,
  ...removal,
];

/** A few that touch most of it, within ten minutes. */
export const SHORT = [
  ...['install', 'saga', 'cqrs', 'correlation', 'gateway', 'breaker'],
  ...['volumes', 'wrong-values', 'missing-secret'],
];
