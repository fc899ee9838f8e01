import type { GradeSeats } from '@outerpark/contracts/http/musicals';
import type { WaitingRoom } from '@outerpark/contracts/http/waiting-rooms';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { call } from '../../api/call';
import { PageTitle } from '../../app/PageTitle';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Freshness } from '../../ui/Freshness';
import { Loading } from '../../ui/Loading';
import css from '../Admin.module.css';
import { CapacityDialog } from './CapacityDialog';
import { PerformanceSeats } from './PerformanceSeats';
import { SeatBar, SeatLegend } from './SeatBar';
import { performancesOf } from './performances';
import { together } from './seat-shares';
import seats from './Seats.module.css';

const EVERY_SECONDS = 3;

/** One musical: its seats by performance and grade as they are now, and how many there are to be. */
export const SeatsPage = () => {
  const { t } = useTranslation('admin');
  const { id = '' } = useParams();
  const [changing, setChanging] = useState<GradeSeats>();
  const all = useQuery({
    queryKey: ['admin', 'seats', id],
    queryFn: ({ signal }) =>
      call<{ items: GradeSeats[] }>(`/api/admin/seats?musicalId=${encodeURIComponent(id)}`, { signal }),
    refetchInterval: EVERY_SECONDS * 1000,
    retry: false,
  });
  const rooms = useQuery({
    queryKey: ['admin', 'waiting-rooms', id],
    queryFn: ({ signal }) =>
      call<{ items: WaitingRoom[] }>(`/api/admin/waiting-rooms?musicalId=${encodeURIComponent(id)}`, { signal }),
    refetchInterval: EVERY_SECONDS * 1000,
    retry: false,
  });
  const items = all.data?.items ?? [];
  const performances = performancesOf(items);
  return (
    <>
      <PageTitle>{items[0]?.musical ?? t('musical')}</PageTitle>
      {all.isPending && <Loading />}
      {all.isLoadingError && <ErrorState error={all.error} onRetry={() => void all.refetch()} />}
      {all.data && items.length === 0 && <EmptyState text={t('seats.closed')} />}
      {items.length > 0 && (
        <div className={css.stack}>
          <nav className={seats.links} aria-label={items[0]!.musical}>
            <Link to="/admin/musicals">{t('seats.back')}</Link>
            <Link to={`/admin/sales?musical=${id}`}>{t('seats.seeSales')}</Link>
            <Link to={`/admin/reservations?musical=${id}`}>{t('seats.seeReservations')}</Link>
          </nav>
          <Freshness query={all} everySeconds={EVERY_SECONDS} />
          <SeatLegend />
          {performances.length > 1 && (
            <section className={seats.performance} aria-labelledby="all-performances">
              <h2 id="all-performances">{t('seats.all')}</h2>
              <SeatBar seats={together(items)} />
            </section>
          )}
          {performances.map((performance) => (
            <PerformanceSeats
              key={performance.performanceId}
              performance={performance}
              room={rooms.data?.items.find(({ performanceId }) => performanceId === performance.performanceId)}
              onChange={setChanging}
            />
          ))}
        </div>
      )}
      {changing && <CapacityDialog grade={changing} onClose={() => setChanging(undefined)} />}
    </>
  );
};
