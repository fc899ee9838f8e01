import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { failureIn } from '../../api/failure';
import { NotFoundPage } from '../../app/NotFoundPage';
import { PageTitle } from '../../app/PageTitle';
import { won } from '../../format/money';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { Freshness } from './Freshness';
import css from './Musicals.module.css';
import { lowestPrice, together, upcoming } from './offer';
import { PerformanceRow } from './PerformanceRow';
import { Poster } from './Poster';
import { Seats } from './Seats';
import { useMusical } from './musicals';

export default function MusicalPage() {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const { musicalId = '' } = useParams();
  const found = useMusical(musicalId);
  const now = useNow(10_000);

  if (found.isPending) return <Loading />;
  if (failureIn(found.error).status === 404) return <NotFoundPage />;
  if (!found.data) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  const { id, name, performances } = found.data;
  const dates = upcoming(performances, now);
  const price = lowestPrice(dates);
  return (
    <>
      <Link to="/" className={css.back}>
        ← {t('musical.all')}
      </Link>
      <header className={css.hero}>
        <Poster id={id} name={name} />
        <div className={css.facts}>
          <PageTitle>{name}</PageTitle>
          <p>{[...new Set(dates.map(({ venue }) => venue))].join(', ')}</p>
          {price !== null && <p>{t('musicals.from', { price: won(price, language) })}</p>}
          <Seats {...together(dates)} />
        </div>
      </header>
      <div className={css.sectionHead}>
        <h2>{t('musical.dates')}</h2>
        <Freshness failed={found.isError || found.isPaused} readAt={found.dataUpdatedAt} />
      </div>
      {dates.length === 0 && <EmptyState text={t('musical.none')} />}
      <ul className={css.dates}>
        {dates.map((performance) => (
          <PerformanceRow key={performance.id} musicalId={id} performance={performance} now={now} />
        ))}
      </ul>
    </>
  );
}
