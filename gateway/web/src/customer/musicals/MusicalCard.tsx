import type { Musical } from '@outerpark/contracts/http/musicals';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { won } from '../../format/money';
import { days } from '../../format/time';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import css from './Musicals.module.css';
import { lowestPrice, together, upcoming } from './offer';
import { Poster } from './Poster';
import { Seats } from './Seats';

const MINUTE = 60_000;

export const MusicalCard = ({ musical }: { musical: Musical }) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const dates = upcoming(musical.performances, useNow(MINUTE));
  const [first, last] = [dates[0], dates[dates.length - 1]];
  const price = lowestPrice(dates);
  return (
    <li className={css.card}>
      <Poster id={musical.id} name={musical.name} className={css.poster} />
      <div className={css.about}>
        <h2>
          <Link to={`/musicals/${musical.id}`}>{musical.name}</Link>
        </h2>
        {first && <p className={css.venue}>{first.venue}</p>}
        {first && last && <p>{days(first.startsAt, last.startsAt, language)}</p>}
        <p className={css.line}>
          <span>{t('musicals.dates', { count: dates.length })}</span>
          {price !== null && <strong>{t('musicals.from', { price: won(price, language) })}</strong>}
        </p>
        <Seats {...together(dates)} />
      </div>
    </li>
  );
};
