import type { TimelineEntry } from '@outerpark/contracts/http/mypage';
import { useTranslation } from 'react-i18next';
import { won } from '../../format/money';
import { exactClock, shortMoment } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import css from './Reservation.module.css';
import { timelineLine } from './timeline-line';

/** All that happened, in order of time. */
export const Timeline = ({ entries }: { entries: TimelineEntry[] }) => {
  const [language] = useLanguage();
  return (
    <ol className={css.timeline}>
      {entries.map((entry, index) => (
        <li key={`${entry.at} ${entry.type} ${index}`} data-type={entry.type}>
          <span>
            <Line entry={entry} />
          </span>
          <time dateTime={entry.at} title={exactClock(entry.at, language)}>
            {shortMoment(entry.at, language)}
          </time>
        </li>
      ))}
    </ol>
  );
};

const Line = ({ entry }: { entry: TimelineEntry }) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const line = timelineLine(entry);
  switch (line.key) {
    case 'SeatsReserved': {
      const { seats: count, price, deadline } = line;
      const values = { count, price: won(price, language), deadline: shortMoment(deadline, language) };
      return t('timeline.SeatsReserved', values);
    }
    case 'SeatsReleased':
      return t('timeline.SeatsReleased', { count: line.seats });
    case 'PaymentDeferred':
      return t('timeline.PaymentDeferred', { deadline: shortMoment(line.deadline, language) });
    case 'PaymentDeclined':
      return t('timeline.PaymentDeclined', { reason: line.reason });
    case 'PaymentApproved':
    case 'PaymentCancelledRefund':
      return t(`timeline.${line.key}`, { amount: won(line.amount, language) });
    case 'NotificationSent':
    case 'NotificationFailed':
    case 'NotificationOnPage':
      return t(`timeline.${line.key}`, { notice: t(`notices.${line.notice}`) });
    case 'other':
      return t('timeline.other', { type: line.type });
    default:
      return t(`timeline.${line.key}`);
  }
};
