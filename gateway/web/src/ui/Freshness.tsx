import { useTranslation } from 'react-i18next';
import { exactClock } from '../format/time';
import { useLanguage } from '../i18n/use-language';
import css from './Freshness.module.css';
import { Notice } from './Notice';

interface FreshnessProps {
  /** The query that is asked again and again. */
  query: { dataUpdatedAt: number; isError: boolean };
  everySeconds: number;
}

/** From when what is shown is; a warning when no answer comes any more. */
export const Freshness = ({ query: { dataUpdatedAt, isError }, everySeconds }: FreshnessProps) => {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const time = exactClock(new Date(dataUpdatedAt), language);
  if (isError)
    return (
      <Notice tone="warn" urgent={false}>
        {t('stale', { time })}
      </Notice>
    );
  return <p className={css.fresh}>{t('refreshed', { seconds: everySeconds, time })}</p>;
};
