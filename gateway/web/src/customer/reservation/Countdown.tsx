import { useTranslation } from 'react-i18next';
import { countdown, secondsLeft } from '../../format/countdown';
import { clock } from '../../format/time';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import css from './Reservation.module.css';

/** The time that is left to pay. A screen reader is not interrupted every second: it reads the time of the deadline. */
export const Countdown = ({ until }: { until: string }) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const left = secondsLeft(Date.parse(until), useNow());
  return (
    <p className={css.countdown} data-short={left <= 120 || undefined}>
      {t('pay.left')} <strong role="timer">{countdown(left)}</strong>
      <span>{t('pay.until', { time: clock(until, language) })}</span>
    </p>
  );
};
