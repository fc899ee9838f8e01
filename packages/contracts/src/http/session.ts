import { z } from 'zod';
import { moment } from '../values';

/** The answer of `GET /api/session`: who is signed in; nulls when nobody is. */
export const session = z
  .object({
    customer: z
      .object({
        id: z.string(),
        name: z.string(),
        email: z.string().optional(),
        locale: z.enum(['ko', 'en']),
        roles: z.array(z.string()),
      })
      .nullable(),
    /** With the session's cookie every POST, PUT, PATCH and DELETE carries it as `X-CSRF-Token`; null for a bearer token, which needs none. */
    csrfToken: z.string().nullable(),
    /** When the session ends by itself. */
    expiresAt: moment.nullable(),
  })
  .meta({
    id: 'Session',
    examples: [
      {
        customer: { id: 'alice', name: 'Alice', email: 'alice@example.com', locale: 'ko', roles: ['customer'] },
        csrfToken: 'uVf7BgY7wq4mM0M1oJqk3Q0f2yXq3v5mWJrS8o2H1fE',
        expiresAt: '2026-11-23T18:06:09.000Z',
      },
    ],
  });
export type Session = z.infer<typeof session>;
