import { useTranslation } from 'react-i18next';
import { count } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import { sharesOf, type Seats } from './seat-shares';
import css from './Seats.module.css';

/** Sold, held and free seats as one bar, and in words. */
export const SeatBar = ({ seats }: { seats: Seats }) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const { sold, held, free } = seats;
  const shares = sharesOf(seats);
  const number = (seats: number) => count(seats, language);
  return (
    <div className={css.seats}>
      <div className={css.bar} aria-hidden>
        {shares.map(({ kind, width, percent }) => (
          <span key={kind} data-kind={kind} style={{ width: `${width}%` }}>
            {width > 12 && `${percent}%`}
          </span>
        ))}
      </div>
      <p className={css.words}>
        {shares.length === 0
          ? t('seats.closed')
          : t('seats.bar', {
              ...{ sold: number(sold), held: number(held), free: number(free), capacity: number(sold + held + free) },
            })}
      </p>
    </div>
  );
};

export const SeatLegend = () => {
  const { t } = useTranslation('admin');
  return (
    <div className={css.legend}>
      <ul aria-label={t('seats.kinds')}>
        {(['sold', 'held', 'free'] as const).map((kind) => (
          <li key={kind}>
            <span data-kind={kind} aria-hidden /> {t(`seats.${kind}`)}
          </li>
        ))}
      </ul>
      <p>{t('seats.heldHint')}</p>
    </div>
  );
};
