import { useTranslation } from 'react-i18next';
import css from './States.module.css';

/** Grey lines in the place of what comes. */
export const Loading = ({ lines = 3 }: { lines?: number }) => {
  const { t } = useTranslation();
  return (
    <div role="status" className={css.loading}>
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className={css.skeleton} aria-hidden />
      ))}
    </div>
  );
};
