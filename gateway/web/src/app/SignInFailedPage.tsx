import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { signInAddress } from '../api/session';
import { ButtonLink } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { PageTitle } from './PageTitle';

/** As the gateway names them. */
const REASONS = ['unavailable', 'refused', 'ended', 'invalid'] as const;

/** Where the gateway leads a browser whose sign-in has failed: why, and how to go on where it began. */
export const SignInFailedPage = () => {
  const { t } = useTranslation();
  const [query] = useSearchParams();
  const why = REASONS.find((reason) => reason === query.get('why')) ?? 'invalid';
  return (
    <>
      <PageTitle>{t(`signInFailed.${why}.title`)}</PageTitle>
      <EmptyState
        text={t(`signInFailed.${why}.text`)}
        action={
          <>
            <ButtonLink href={signInAddress(query.get('return') ?? '/')}>{t('signInFailed.again')}</ButtonLink>
            <ButtonLink kind="quiet" to="/">
              {t('notFound.home')}
            </ButtonLink>
          </>
        }
      />
    </>
  );
};
