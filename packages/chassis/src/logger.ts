import { pino, stdTimeFunctions, type DestinationStream, type Level, type Logger } from 'pino';
import type { PinoPretty } from 'pino-pretty';
import { contextIfAny } from './context';

export type { Logger } from 'pino';
export type LogLevel = Level | 'silent';

const SECRETS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'email',
  'token',
  'accessToken',
  'idToken',
  'refreshToken',
];

/** The secret's name at the top, inside one object and inside an object's headers. */
const redacted = SECRETS.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [member.replace(/^\./, ''), `*${member}`, `*.headers${member}`];
});

/**
 * One JSON line an event, with ISO time, service, and the correlation and trace id of the current request.
 * Written synchronously, so that the last line before an exit is not lost; readable lines when a person looks on.
 */
export function createLogger(service: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: '[redacted]' },
      mixin: currentIds,
    },
    destination ?? (process.stdout.isTTY ? prettyStream() : pino.destination({ fd: 1, sync: true })),
  );
}

function currentIds(): object {
  const context = contextIfAny();
  return context ? { correlationId: context.correlationId, traceId: context.traceparent.slice(3, 35) } : {};
}

/** Loaded here and not above: containers never pay for it. */
function prettyStream(): DestinationStream {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const pretty = require('pino-pretty') as typeof PinoPretty;
  return pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' });
}
