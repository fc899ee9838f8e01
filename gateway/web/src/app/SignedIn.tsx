import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { signInAddress, signOut, useLastingSession } from '../api/session';
import { Button, ButtonLink } from '../ui/Button';
import { useAnnounce } from '../ui/Announcer';
import css from './Layout.module.css';

export const SignedIn = () => {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const { data: session } = useLastingSession();
  const announce = useAnnounce();
  if (!session) return null;
  if (!session.customer) {
    return (
      <ButtonLink kind="secondary" href={signInAddress(pathname + search)}>
        {t('session.signIn')}
      </ButtonLink>
    );
  }
  const leave = () => signOut().catch(() => announce(t('errors.unknown'), 'bad'));
  return (
    <>
      <span className={css.name} title={t('session.signedInAs', { name: session.customer.name })}>
        {session.customer.name}
      </span>
      <Button kind="quiet" onClick={() => void leave()}>
        {t('session.signOut')}
      </Button>
    </>
  );
};
