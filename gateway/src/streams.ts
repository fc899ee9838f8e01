import { problem } from '@outerpark/chassis/errors';
import { requireIdentity } from '@outerpark/chassis/http/auth';
import type { Metrics } from '@outerpark/chassis/metrics';
import type { RequestHandler } from 'express';
import { Gauge } from 'prom-client';
import { addressOf } from './addresses';

export interface StreamLimits {
  perCustomer: number;
  perAddress: number;
  /** In this process. */
  total: number;
}

const RETRY_SECONDS = 5;

/** Before a stream begins: a place for it. Throws `too-many-requests`, or `service-unavailable` when all places are taken. */
export function limitStreams({ perCustomer, perAddress, total }: StreamLimits, metrics: Metrics): RequestHandler {
  const open = new Map<string, number>();
  let all = 0;
  const count = (keys: string[], change: 1 | -1) => {
    all += change;
    for (const key of keys) {
      const left = (open.get(key) ?? 0) + change;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    }
  };
  new Gauge({
    name: 'gateway_streams_open',
    help: 'Streams of server-sent events that are open now',
    registers: [metrics],
    collect() {
      this.set(all);
    },
  });

  return (req, res, next) => {
    const customer = `customer ${requireIdentity(req).customerId}`;
    const address = addressOf(req);
    const from = address === undefined ? undefined : `address ${address}`;
    const isFull = (key: string, most: number) => (open.get(key) ?? 0) >= most;
    const retryAfterSeconds = RETRY_SECONDS;
    if (all >= total)
      throw problem('service-unavailable', 'No further stream can be opened here', { retryAfterSeconds });
    if (isFull(customer, perCustomer) || (from && isFull(from, perAddress)))
      throw problem('too-many-requests', 'Too many streams are open', { retryAfterSeconds });

    const keys = [customer, from].filter((key) => key !== undefined);
    count(keys, 1);
    res.once('close', () => count(keys, -1));
    next();
  };
}
