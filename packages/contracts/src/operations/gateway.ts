import { session } from '../http/session';
import type { ServiceDescription } from './operation';

/** What the gateway answers itself. `GET /auth/login` and `/auth/callback` are for a browser's address bar and no API. */
export const gatewayService: ServiceDescription = {
  title: 'OuterPark gateway',
  description: 'Who is signed in.',
  operations: [
    {
      id: 'seeSession',
      method: 'get',
      path: '/api/session',
      who: 'anyone',
      summary: 'Who is signed in, by the session of a browser or by a bearer token',
      description:
        'A browser signs in by going to `/auth/login?return=/path`, which leads to the issuer and back. Its session is a cookie that scripts cannot read.',
      answer: { status: 200, summary: 'Who it is; nulls for nobody', body: session },
    },
    {
      id: 'signOut',
      method: 'post',
      path: '/auth/logout',
      who: 'anyone',
      summary: 'Ends the session of a browser',
      description: 'Needs the header X-CSRF-Token. Without a session there is nothing to end, and nothing happens.',
      answer: { status: 204, summary: 'The session has ended' },
    },
  ],
};
