import { useTranslation } from 'react-i18next';
import { exactClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import type { Known } from './live';
import css from './MyPage.module.css';

/** How fresh the page is. */
export const LiveState = ({ live: { connection, asOf } }: { live: Pick<Known, 'connection' | 'asOf'> }) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  return (
    <p className={css.liveState} data-connection={connection}>
      <span role="status">{t(`mypage.${connection}`)}</span>
      {connection !== 'live' && asOf !== null && <span>{t('mypage.asOf', { time: exactClock(asOf, language) })}</span>}
    </p>
  );
};
