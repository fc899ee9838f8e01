import type { Topic } from '@outerpark/contracts/topics';
import type { Router } from 'express';
import type { Checks } from '../http/health';
import { createIdempotencyStore } from '../http/idempotency-store';
import { stalledInbox, stalledOutbox } from '../messaging/attention';
import type { MessageReader } from '../messaging/reading';
import type { Metrics } from '../metrics';
import type { Store } from '../postgres/store';
import { createAttention, type AttentionKind } from './attention';
import { measureAttention } from './metrics';
import { addOperatorRoutes, type Actions } from './routes';

export interface OperatorOptions {
  service: string;
  config: { stalledAfterMs: number };
  store: Store;
  now: () => Date;
  metrics: Metrics;
  /** What `/readyz` asks. */
  ready: Checks;
  readers: Partial<Record<Topic, MessageReader>>;
  /** The service's own table; that of its messaging is added. */
  kinds: AttentionKind[];
  actions: Actions;
}

/** Adds the operators' side of a service on PostgreSQL to its routes: what is stuck, seen and cured. */
export function withOperators(routes: Router, options: OperatorOptions): Router {
  const { service, config, store, now, metrics, ready, readers, actions } = options;
  const { stalledAfterMs } = config;
  const kinds = [
    ...options.kinds,
    stalledOutbox(stalledAfterMs),
    ...stalledInbox(stalledAfterMs, Object.keys(readers) as Topic[], now()),
  ];
  const attention = createAttention({ service, store, now, kinds });
  measureAttention(metrics, attention, now);
  const idempotency = createIdempotencyStore(store.query);
  return addOperatorRoutes(routes, { service, store, now, metrics, ready, readers, attention, actions, idempotency });
}
