import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call, setCsrfToken } from './call';

/** `GET /api/session`: all null when nobody is signed in. */
export interface Session {
  customer: { id: string; name: string; email?: string; locale: string; roles: string[] } | null;
  csrfToken: string | null;
  expiresAt: string | null;
}

export const SESSION = ['session'];

const readSession = async (): Promise<Session> => {
  const session = await call<Session>('/api/session');
  setCsrfToken(session.csrfToken);
  return session;
};

export const useSession = () => useQuery({ queryKey: SESSION, queryFn: readSession, staleTime: 60_000 });

/** `null` while it is not known or nobody is signed in. */
export const useCustomer = (): Session['customer'] => useSession().data?.customer ?? null;

export const useIsAdmin = (): boolean => useCustomer()?.roles.includes('admin') ?? false;

/** Where signing in begins: a whole page load, back to `returnTo` afterwards. */
export const signInAddress = (returnTo: string): string => `/auth/login?return=${encodeURIComponent(returnTo)}`;

export const useSignOut = (): (() => Promise<void>) => {
  const queries = useQueryClient();
  return async () => {
    await call('/auth/logout', { method: 'POST' });
    queries.clear();
    await queries.invalidateQueries({ queryKey: SESSION });
    window.location.assign('/');
  };
};
