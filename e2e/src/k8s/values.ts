import type { Values } from './release';

export const SERVICES = ['gateway', 'musical', 'reservation', 'payment', 'notification', 'mypage'] as const;
export type Service = (typeof SERVICES)[number];

/** Two of each service, whatever they have to do: a case that is about the autoscaler switches that on. */
export const BASE: Values = {
  ...Object.fromEntries(SERVICES.map((service) => [service, { replicas: 2, autoscaling: { enabled: false } }])),
  gateway: { replicas: 2, autoscaling: { enabled: false }, service: { type: 'NodePort' } },
};
