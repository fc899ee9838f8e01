import { createHash } from 'node:crypto';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';

// The same digest in two languages, so that an outbox row and its message can be compared without carrying both bodies.
const HEADERS = ['ce_type', 'ce_source', 'ce_time', 'ce_subject'];

/** In PostgreSQL, of an outbox row. */
export const ROW_DIGEST = `md5(concat_ws(E'\\n', ${HEADERS.map((name) => `headers ->> '${name}'`).join(', ')}, subject, body))`;

export const messageDigest = ({ headers, key, value }: IncomingMessage): string =>
  createHash('md5')
    .update(
      [...HEADERS.map((name) => headers[name]), key, value]
        .filter((part) => part !== undefined && part !== null)
        .join('\n'),
    )
    .digest('hex');
