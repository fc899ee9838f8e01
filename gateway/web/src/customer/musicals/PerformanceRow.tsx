import { useTranslation } from 'react-i18next';
import { won } from '../../format/money';
import { clock, day, dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Badge } from '../../ui/Badge';
import { ButtonLink } from '../../ui/Button';
import css from './Musicals.module.css';
import { hasBegun, together, type Performance } from './offer';
import { Seats } from './Seats';

interface PerformanceRowProps {
  musicalId: string;
  performance: Performance;
  now: number;
}

export const PerformanceRow = ({ musicalId, performance, now }: PerformanceRowProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const { id, startsAt, venue, maxPerCustomer, grades } = performance;
  return (
    <li className={css.date}>
      <div className={css.when}>
        <h3>
          {day(startsAt, language)} <strong>{clock(startsAt, language)}</strong>
        </h3>
        <p>{venue}</p>
        {maxPerCustomer !== null && <p>{t('musical.most', { count: maxPerCustomer })}</p>}
      </div>
      <ul className={css.grades}>
        {grades.map((grade) => (
          <li key={grade.id}>
            <strong>{grade.name}</strong>
            <span>{won(grade.price, language)}</span>
            <Seats {...grade} />
          </li>
        ))}
      </ul>
      {hasBegun(performance, now) ? (
        <Badge>{t('musical.begun')}</Badge>
      ) : (
        together([performance]).free > 0 && (
          <ButtonLink
            to={`/musicals/${musicalId}/reserve/${id}`}
            aria-label={t('musical.chooseFor', { when: dayAndClock(startsAt, language) })}
          >
            {t('musical.choose')}
          </ButtonLink>
        )
      )}
    </li>
  );
};
