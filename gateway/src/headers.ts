import type { Context } from '@outerpark/chassis/context';
import type { Request } from 'express';
import type { IncomingHttpHeaders } from 'node:http';

export type Headers = Record<string, string | string[]>;

/** They speak of one connection and not of the message (RFC 9110, 7.6.1), like whatever `Connection` names. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What only we may say to a service, and what was settled between the client and us (`Expect`, the session). */
const OURS = new Set([
  'host',
  'expect',
  'cookie',
  'x-csrf-token',
  'forwarded',
  'x-real-ip',
  'x-correlation-id',
  'traceparent',
]);
const isOurs = (name: string): boolean => OURS.has(name) || name.startsWith('x-forwarded-');

/** How the client reached us. */
export interface Caller {
  address: string;
  protocol: string;
  host: string;
}

export const callerOf = (req: Request): Caller => ({
  address: req.ip ?? '',
  protocol: req.protocol,
  host: req.host ?? '',
});

/**
 * The request's headers for a service. They come as node has read them (one Authorization, whatever was sent), so that the
 * service cannot read another token than the one that was verified here.
 */
export function requestHeaders(received: IncomingHttpHeaders, caller: Caller, context: Context): Headers {
  return {
    ...endToEnd(received, isOurs),
    'x-forwarded-for': caller.address,
    'x-forwarded-proto': caller.protocol,
    'x-forwarded-host': caller.host,
    'x-correlation-id': context.correlationId,
    traceparent: context.traceparent,
  };
}

/** The answer's headers for the client; its correlation id is set by the chassis. */
export const responseHeaders = (received: IncomingHttpHeaders): Headers =>
  endToEnd(received, (name) => name === 'x-correlation-id');

function endToEnd(received: IncomingHttpHeaders, dropped: (name: string) => boolean): Headers {
  const { connection } = received;
  const named = connection === undefined || connection === 'keep-alive' ? [] : connection.toLowerCase().split(/ *, */);
  const kept: Headers = {};
  for (const name in received) {
    const value = received[name];
    if (value === undefined || HOP_BY_HOP.has(name) || named.includes(name) || dropped(name)) continue;
    kept[name] = value;
  }
  return kept;
}
