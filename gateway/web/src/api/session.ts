import { useQuery } from '@tanstack/react-query';
import type { Session } from '@outerpark/contracts/http/session';
import { learnPresent } from '../format/present';
import { call, callForAnswer, setCsrfToken } from './call';

export const SESSION = ['session'];

const readSession = async (): Promise<Session> => {
  const { body, headers } = await callForAnswer<Session>('/api/session');
  learnPresent(headers.get('date'));
  setCsrfToken(body.csrfToken);
  return body;
};

/** The gateway renews a session that is asked about in the last two minutes of its token. */
const ASKED_AGAIN_MS = 60_000;
const session = { queryKey: SESSION, queryFn: readSession, staleTime: ASKED_AGAIN_MS };

export const useSession = () => useQuery(session);

/** The same, and it goes on as long as the page is looked at: for the one place that every page has. */
export const useLastingSession = () =>
  useQuery({ ...session, refetchInterval: ({ state }) => (state.data?.customer ? ASKED_AGAIN_MS : false) });

/** `null` while it is not known or nobody is signed in. */
export const useCustomer = (): Session['customer'] => useSession().data?.customer ?? null;

export const useIsAdmin = (): boolean => useCustomer()?.roles.includes('admin') ?? false;

/** Where signing in begins: a whole page load, back to `returnTo` afterwards, but never to the page that says that it has failed. */
export const signInAddress = (returnTo: string): string =>
  `/auth/login?return=${encodeURIComponent(returnTo.startsWith('/sign-in-failed') ? '/' : returnTo)}`;

/** Ends the session and begins anew, so that nothing of the customer stays in this page. Throws `CallFailed`. */
export const signOut = async (): Promise<void> => {
  await call('/auth/logout', { method: 'POST' });
  sessionStorage.clear();
  window.location.assign('/');
};
