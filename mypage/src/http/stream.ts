import { requireCustomer } from '@outerpark/chassis/http/auth';
import type { Metrics } from '@outerpark/chassis/metrics';
import type { RequestHandler } from 'express';
import { Gauge, Histogram } from 'prom-client';
import type { CatchUp } from '../messaging/catch-up';
import type { Change, Watch } from '../use-cases/watch-my-page';
import { openEventStream, type EventStream } from './event-stream';

export interface StreamTools {
  watch: Watch;
  requireComplete: CatchUp['requireComplete'];
  /** See EventStreamOptions. */
  streamBeatMs: number;
  /** Is given how long ago it happened what is told now, in seconds. */
  told: (seconds: number) => void;
}

/** By then a customer whose replica was away is back with it, and not with the one that stood in. */
const LONGEST_MS = 3_600_000;
/** More reservations that change while a client does not read: it is quicker to begin anew. */
const MOST_WAITING = 100;

/** `GET /api/mypage/stream`: the page as it is, then each reservation that changes, until the token expires. */
export function streamMyPage({ watch, requireComplete, streamBeatMs, told }: StreamTools): RequestHandler {
  return async (req, res) => {
    const { customerId, expiresAt = Infinity } = requireCustomer(req);
    /** What the client has not taken yet, each reservation in its newest state only. */
    const waiting = new Map<string, Change>();
    let stream: EventStream | undefined = undefined;
    let ended = false;
    const flush = () => {
      for (const [id, { item, asOf, since }] of waiting) {
        if (!stream?.writable()) return;
        waiting.delete(id);
        stream.send('reservation', { item, asOf: asOf ?? null });
        told(Math.max(0, Date.now() - Date.parse(since)) / 1000);
      }
    };
    const end = () => {
      ended = true;
      stream?.end();
    };

    const { page, leave } = await watch.begin(customerId, {
      change: (change) => {
        const { id } = change.item;
        waiting.set(id, { ...change, since: waiting.get(id)?.since ?? change.since });
        if (waiting.size > MOST_WAITING) end();
        else flush();
      },
      end,
    });
    if (res.closed) return leave();
    try {
      // Not before: what is shown may have been hidden meanwhile.
      requireComplete();
    } catch (error) {
      leave();
      throw error;
    }
    const lastsMs = Math.min(expiresAt - Date.now(), LONGEST_MS);
    stream = openEventStream(res, { beatMs: streamBeatMs, lastsMs, onWritable: flush, onClose: leave });
    const { items, next, asOf } = page;
    stream.send('snapshot', { items, next, asOf: asOf ?? null });
    if (ended || req.method === 'HEAD') stream.end();
    else flush();
  };
}

/** Measures the streams; gives what `told` has to be. */
export function measureStreams(metrics: Metrics, watch: Pick<Watch, 'watchers'>): StreamTools['told'] {
  new Gauge({
    name: 'mypage_streams_open',
    help: 'Customers who watch their page',
    registers: [metrics],
    collect() {
      this.set(watch.watchers());
    },
  });
  const delay = new Histogram({
    name: 'mypage_stream_delay_seconds',
    help: 'From an event to its message on the stream of its customer',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30],
    registers: [metrics],
  });
  return (seconds) => delay.observe(seconds);
}
