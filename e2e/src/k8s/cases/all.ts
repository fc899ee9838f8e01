import type { K8sCase } from '../k8s-case';
import { install } from './install';

/** Every case, in the order in which they run. The first one installs what the others use. */
export const allCases: K8sCase[] = [install];

/** A few that touch most of it, within ten minutes. */
export const SHORT = ['install'];
