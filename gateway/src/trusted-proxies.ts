import { isIP } from 'node:net';
import { z } from 'zod';

const RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * In express's form: addresses, subnets and names of ranges, separated by commas, or how many proxies stand before us. Empty: none,
 * and X-Forwarded-* of anybody is worth nothing.
 */
export const trustedProxies = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (parts) => parts.every((part) => isRange(part)) || (parts.length === 1 && /^\d$/.test(parts[0]!)),
    `must be addresses, subnets or ${RANGES.join(', ')}, separated by commas, or a number of proxies`,
  )
  .transform((parts): string[] | number => (/^\d$/.test(parts[0] ?? '') ? Number(parts[0]) : parts));

function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (RANGES.includes(text)) return true;
  const longest = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && +bits <= longest));
}
