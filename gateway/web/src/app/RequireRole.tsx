import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { useSession } from '../api/session';
import { EmptyState } from '../ui/EmptyState';
import { ErrorState } from '../ui/ErrorState';
import { Loading } from '../ui/Loading';
import { PageTitle } from './PageTitle';
import { SignInNeeded } from './SignInNeeded';

/** Shows the pages inside to who is signed in (with the role, when one is named); the API refuses everybody else anyway. */
export const RequireRole = ({ role }: { role?: string }) => {
  const { t } = useTranslation();
  const session = useSession();
  if (session.isPending) return <Loading />;
  if (!session.data) return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  const { customer } = session.data;
  if (!customer) return <SignInNeeded />;
  if (role === undefined || customer.roles.includes(role)) return <Outlet />;
  return (
    <>
      <PageTitle>{t('forbidden.title')}</PageTitle>
      <EmptyState text={t('forbidden.text')} />
    </>
  );
};
