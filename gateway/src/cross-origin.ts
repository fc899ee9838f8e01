import cors from 'cors';
import type { RequestHandler } from 'express';

/** Lets the scripts of those sites call the API with a bearer token. Cookies stay out of it: a session is for our own pages. */
export function crossOrigin(origins: string[]): RequestHandler {
  const handler = cors({
    origin: origins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Correlation-Id', 'Traceparent'],
    exposedHeaders: [
      'X-Correlation-Id',
      'X-As-Of',
      'Idempotent-Replayed',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 600,
  });
  return (req, res, next) => {
    if (origins.length > 0 && req.path.startsWith('/api/')) handler(req, res, next);
    else next();
  };
}
