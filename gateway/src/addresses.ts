import { ipKeyGenerator } from 'express-rate-limit';
import type { Logger } from '@outerpark/chassis/logger';
import type { Request, RequestHandler } from 'express';

type Trusts = (address: string, hop: number) => boolean;

/** Who has one of these addresses has all of them. */
const IPV6_SUBNET = 64;

/**
 * By what a client is counted: its IPv4 address or its IPv6 subnet. Undefined for a trusted proxy that does not say for whom it
 * asks: all behind it would count as one.
 */
export function addressOf(req: Request): string | undefined {
  const { ip, ips } = req;
  return ip === undefined || trusts(req)(ip, ips.length) ? undefined : ipKeyGenerator(ip, IPV6_SUBNET);
}

/** Says once that somebody who is not trusted speaks as a proxy does: if it is ours, all behind it count as one. */
export function noticeUnknownProxy(logger: Logger): RequestHandler {
  let told = false;
  return (req, _res, next) => {
    const address = req.socket.remoteAddress ?? '';
    if (!told && req.headers['x-forwarded-for'] !== undefined && !trusts(req)(address, 0)) {
      told = true;
      logger.warn({ address }, 'X-Forwarded-For from an address that is not in TRUSTED_PROXIES: it does not count');
    }
    next();
  };
}

const trusts = (req: Request): Trusts => req.app.get('trust proxy fn') as Trusts;
