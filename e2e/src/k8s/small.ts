import type { Values } from './release';
import { SERVICES } from './values';

const little = { replicas: 1, autoscaling: { enabled: false }, resources: { requests: { cpu: '20m' } } };

/** One of each service, with little CPU asked for: a second release beside the one of the run, on a small cluster. */
export const SMALL: Values = {
  ...Object.fromEntries(SERVICES.map((service) => [service, little])),
  gateway: { ...little, service: { type: 'NodePort' } },
};
