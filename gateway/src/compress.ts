import compression from 'compression';
import type { RequestHandler } from 'express';

/** Not worth it below. */
const SMALLEST_BYTES = 1_000;
/** It has a secret, which could be guessed from how well it compresses beside what an attacker adds (BREACH). */
const HAS_SECRET = /^\/api\/session\b/;

const compressed: RequestHandler = compression({
  threshold: SMALLEST_BYTES,
  filter: (req, res) =>
    !HAS_SECRET.test(req.url) &&
    !String(res.getHeader('content-type')).startsWith('text/event-stream') &&
    compression.filter(req, res),
});

/** Compresses text for those who take it; never events, which it would hold back. */
export const compress: RequestHandler = (req, res, next) => {
  if (req.headers['accept-encoding'] !== undefined) return compressed(req, res, next);
  // A cache may not give this answer to one who does.
  res.setHeader('Vary', 'Accept-Encoding');
  next();
};
