import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { signInAddress } from '../api/session';
import { ButtonLink } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { PageTitle } from './PageTitle';

export const SignInNeeded = () => {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  return (
    <>
      <PageTitle>{t('signInNeeded.title')}</PageTitle>
      <EmptyState
        text={t('signInNeeded.text')}
        action={<ButtonLink href={signInAddress(pathname + search)}>{t('session.signIn')}</ButtonLink>}
      />
    </>
  );
};
