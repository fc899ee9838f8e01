import { useTranslation } from 'react-i18next';
import { useAnnounce } from './Announcer';
import css from './CopyId.module.css';

/** An id, cut short for the eye; pressed, the whole of it is copied. */
export const CopyId = ({ id, whole = false }: { id: string; whole?: boolean }) => {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const copy = () =>
    // Where the page is not from https or localhost, there is no clipboard.
    Promise.resolve(navigator.clipboard?.writeText(id) ?? Promise.reject(new Error('no clipboard'))).then(
      () => announce(t('copied'), 'good'),
      () => announce(t('notCopied'), 'warn'),
    );
  const shown = whole || id.length <= 13 ? id : `${id.slice(0, 8)}…`;
  return (
    <button
      type="button"
      className={css.id}
      title={id}
      aria-label={t('copyId', { id: shown })}
      onClick={() => void copy()}
    >
      <code>{shown}</code>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden>
        <path d="M5.5 4.5v-3h9v9h-3M1.5 5.5h9v9h-9z" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </svg>
    </button>
  );
};
