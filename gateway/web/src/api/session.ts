import { useQuery } from '@tanstack/react-query';
import type { Session } from '@outerpark/contracts/http/session';
import { learnPresent } from '../format/present';
import { call, callForAnswer, setCsrfToken } from './call';

export const SESSION = ['session'];

const readSession = async (): Promise<Session> => {
  const { body: session, headers } = await callForAnswer<Session>('/api/session');
  learnPresent(headers.get('date'));
  setCsrfToken(session.csrfToken);
  return session;
};

export const useSession = () => useQuery({ queryKey: SESSION, queryFn: readSession, staleTime: 60_000 });

/** `null` while it is not known or nobody is signed in. */
export const useCustomer = (): Session['customer'] => useSession().data?.customer ?? null;

export const useIsAdmin = (): boolean => useCustomer()?.roles.includes('admin') ?? false;

/** Where signing in begins: a whole page load, back to `returnTo` afterwards. */
export const signInAddress = (returnTo: string): string => `/auth/login?return=${encodeURIComponent(returnTo)}`;

/** Ends the session and begins anew, so that nothing of the customer stays in this page. Throws `CallFailed`. */
export const signOut = async (): Promise<void> => {
  await call('/auth/logout', { method: 'POST' });
  sessionStorage.clear();
  window.location.assign('/');
};
