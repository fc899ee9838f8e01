import { useTranslation } from 'react-i18next';
import { failureIn } from '../api/failure';
import { useFailureText } from '../api/failure-text';
import { Button } from './Button';
import css from './States.module.css';

/** What went wrong in words, the reference for support, and a way to try again. */
export const ErrorState = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => {
  const { t } = useTranslation();
  const failureText = useFailureText();
  const { correlationId } = failureIn(error);
  return (
    <div className={`${css.state} ${css.bad}`} role="alert">
      <h2>{t('errors.title')}</h2>
      <p>{failureText(error)}</p>
      {correlationId && <p className={css.reference}>{t('errors.reference', { id: correlationId })}</p>}
      {onRetry && (
        <Button kind="secondary" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
};
