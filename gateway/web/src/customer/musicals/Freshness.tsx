import { useTranslation } from 'react-i18next';
import { clock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import css from './Musicals.module.css';

interface FreshnessProps {
  /** The last reading failed; what is shown is older. */
  failed: boolean;
  /** Milliseconds since 1970. */
  readAt: number;
}

/** Says whether the numbers of free seats are of this moment. */
export const Freshness = ({ failed, readAt }: FreshnessProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  return (
    <p className={failed ? css.stale : css.live} role="status">
      {failed ? t('musicals.stale', { time: clock(new Date(readAt), language) }) : t('musicals.live')}
    </p>
  );
};
