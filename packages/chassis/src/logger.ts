import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Level, type Logger } from 'pino';
import type { PinoPretty } from 'pino-pretty';
import { contextIfAny } from './context';

export type { Logger } from 'pino';
export type LogLevel = Level | 'silent';

/**
 * One JSON line an event, with ISO time, service, and the correlation and trace id of the current request. Secrets and
 * addresses are blotted out by their member's name. The last line before an exit is not lost; readable lines when a person
 * looks on.
 */
export function createLogger(service: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redacted },
      serializers: { err: (error: Error) => redacted(stdSerializers.err(error)) },
      mixin: currentIds,
    },
    destination ?? (process.stdout.isTTY ? prettyStream() : standardOutput()),
  );
}

function currentIds(): object {
  const context = contextIfAny();
  return context ? { correlationId: context.correlationId, traceId: context.traceparent.slice(3, 35) } : {};
}

const SECRET = /^(authorization|cookie|set-cookie|password|email|secret|(access|id|refresh)?_?token)$/i;
const DEPTH = 4;

/** The same object without its secrets; a copy only where there are some. Pino's own redaction costs 30 µs a line. */
function redacted<T extends object>(object: T, depth = 0): T {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    const clean = SECRET.test(name)
      ? '[redacted]'
      : isPlain(value) && depth < DEPTH
        ? redacted(value, depth + 1)
        : value;
    if (clean === value || value === undefined) continue;
    copy = { ...(copy ?? object), [name]: clean };
  }
  return (copy as T | undefined) ?? object;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const MOST_HELD_BACK = 8 * 1024;
let standard: DestinationStream | undefined;

/**
 * Lines of one turn of the event loop are written together at its end, and at the latest at the exit: a write costs more than a
 * line.
 */
function standardOutput(): DestinationStream {
  if (standard) return standard;
  const output = pino.destination({ fd: 1, sync: true, minLength: MOST_HELD_BACK });
  let waiting = false;
  const flush = () => {
    waiting = false;
    output.flush();
  };
  process.once('exit', () => output.flushSync());
  standard = {
    write: (line) => {
      output.write(line);
      if (waiting) return;
      waiting = true;
      setImmediate(flush);
    },
  };
  return standard;
}

/** Loaded here and not above: containers never pay for it. */
function prettyStream(): DestinationStream {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const pretty = require('pino-pretty') as typeof PinoPretty;
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' });
}
