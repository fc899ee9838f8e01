import type { Response } from 'express';

/** Server-sent events as the answer to one request. */
export interface EventStream {
  send(event: string, data: unknown): void;
  /** Whether the client keeps up; while it does not, nothing should be sent. */
  writable(): boolean;
  end(): void;
}

interface EventStreamOptions {
  /** A comment so often, so that nobody on the way takes the stream for dead. A client that takes nothing between two of them is cut off. */
  beatMs: number;
  /** Ends after so long. */
  lastsMs: number;
  /** The client keeps up again. */
  onWritable: () => void;
  onClose: () => void;
}

const RETRY_MS = 1_000;
/** Those who lose their streams together do not come back together. */
const RETRY_JITTER_MS = 500;

/** Begins the answer. A client that comes again after its end does so a second later, by `retry`. */
export function openEventStream(res: Response, options: EventStreamOptions): EventStream {
  const { beatMs, lastsMs, onWritable, onClose } = options;
  let stalled = false;
  const writable = () => !res.writableNeedDrain && !res.writableEnded && !res.destroyed;

  const beat = () => {
    if (writable()) res.write(':\n\n');
    else if (stalled) res.destroy();
    stalled = !writable();
  };
  const beats = setInterval(beat, beatMs);
  const end = () => void res.end();
  const limit = setTimeout(end, lastsMs);

  res.on('drain', () => {
    stalled = false;
    onWritable();
  });
  res.once('close', () => {
    clearInterval(beats);
    clearTimeout(limit);
    onClose();
  });
  // `no-transform`: whoever compresses would hold events back. `X-Accel-Buffering`: so would nginx.
  res.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  res.write(`retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_JITTER_MS)}\n\n`);

  return {
    send: (event, data) => void res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    writable,
    end,
  };
}
