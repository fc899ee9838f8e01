import type { AdminReservation } from '@outerpark/contracts/http/reservations';
import type { Page } from '@outerpark/contracts/http/paging';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { usePages } from '../../api/pages';
import { PageTitle } from '../../app/PageTitle';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { ShowMore } from '../../ui/ShowMore';
import css from '../Admin.module.css';
import { FilterForm } from './FilterForm';
import { addressOfFilters, filtersOf, isFiltered, NO_FILTERS, queryOfFilters, type Filters } from './filters';
import { ReservationTable } from './ReservationTable';

/** Everybody's reservations, narrowed by what the page's address says. */
export const ReservationsPage = () => {
  const { t } = useTranslation('admin');
  const [address, setAddress] = useSearchParams();
  const filters = filtersOf(address);
  const show = (change: Partial<Filters>) => setAddress(addressOfFilters({ ...filters, ...change }));
  const query = queryOfFilters(filters);
  query.set('limit', '50');
  const reservations = usePages<Page<AdminReservation>>(['admin', 'reservations'], `/api/admin/reservations?${query}`);
  const items = reservations.data?.pages.flatMap((page) => page.items) ?? [];
  const clear = (
    <Button kind="secondary" onClick={() => show(NO_FILTERS)}>
      {t('reservations.clear')}
    </Button>
  );
  return (
    <>
      <PageTitle>{t('reservations.title')}</PageTitle>
      <div className={css.stack}>
        <FilterForm filters={filters} onChange={show} />
        {reservations.isPending && <Loading />}
        {reservations.isError && <ErrorState error={reservations.error} onRetry={() => void reservations.refetch()} />}
        {reservations.data && (
          <div className={css.top}>
            <p role="status">
              {items.length > 0 &&
                t(reservations.hasNextPage ? 'reservations.foundMore' : 'reservations.found', { count: items.length })}
            </p>
            {items.length > 0 && isFiltered(filters) && clear}
          </div>
        )}
        {reservations.data && items.length === 0 && (
          <EmptyState
            text={isFiltered(filters) ? t('reservations.emptyFiltered') : t('reservations.empty')}
            action={isFiltered(filters) ? clear : undefined}
          />
        )}
        {items.length > 0 && <ReservationTable items={items} onCustomer={(customerId) => show({ customerId })} />}
        <ShowMore list={reservations} />
      </div>
    </>
  );
};
