import { useTranslation } from 'react-i18next';
import { PageTitle } from '../../app/PageTitle';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { Freshness } from './Freshness';
import { MusicalCard } from './MusicalCard';
import css from './Musicals.module.css';
import { useMusicals } from './musicals';

export const MusicalsPage = () => {
  const { t } = useTranslation(['customer', 'common']);
  const musicals = useMusicals();
  const items = musicals.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <header className={css.head}>
        <PageTitle>{t('musicals.title')}</PageTitle>
        <p>{t('musicals.lead')}</p>
      </header>
      {musicals.isPending && <Loading />}
      {!items && musicals.isError && <ErrorState error={musicals.error} onRetry={() => void musicals.refetch()} />}
      {items?.length === 0 && <EmptyState text={t('musicals.none')} />}
      {items && items.length > 0 && (
        <>
          <Freshness failed={musicals.isError || musicals.isPaused} readAt={musicals.dataUpdatedAt} />
          <ul className={css.grid}>
            {items.map((musical) => (
              <MusicalCard key={musical.id} musical={musical} />
            ))}
          </ul>
        </>
      )}
      {musicals.hasNextPage && (
        <Button kind="secondary" busy={musicals.isFetchingNextPage} onClick={() => void musicals.fetchNextPage()}>
          {t('common:more')}
        </Button>
      )}
    </>
  );
};
