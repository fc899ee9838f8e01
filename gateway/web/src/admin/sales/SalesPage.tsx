import { MOST_BUCKETS, type Sales, type SalesBucket } from '@outerpark/contracts/http/sales';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { call } from '../../api/call';
import { PageTitle } from '../../app/PageTitle';
import { present } from '../../format/present';
import { VENUE_ZONE } from '../../format/time';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { SelectField } from '../../ui/Field';
import { Freshness } from '../../ui/Freshness';
import { Loading } from '../../ui/Loading';
import css from '../Admin.module.css';
import { MusicalFilter } from '../musicals/MusicalFilter';
import { addressOfSales, hasChoice, MEASURES, PERIODS, salesViewOf, type SalesView } from './sales-view';
import { SalesChart } from './SalesChart';
import { SalesTable } from './SalesTable';
import { SalesTotals } from './SalesTotals';
import { byDay, rangesOf, totalOf } from './spans';

const EVERY_SECONDS = 10;

const readHours = async (
  { musicalId, performanceId, period }: SalesView,
  signal: AbortSignal,
): Promise<SalesBucket[]> => {
  const of = { ...(musicalId && { musicalId }), ...(performanceId && { performanceId }) };
  const parts = rangesOf(period, present(), VENUE_ZONE, MOST_BUCKETS).map((range) =>
    call<Sales>(`/api/admin/sales?${new URLSearchParams({ ...of, ...range, by: 'hour' })}`, { signal }),
  );
  return (await Promise.all(parts)).flatMap(({ items }) => items);
};

/** What was sold and cancelled, over time: which of it is in the page's address. */
export const SalesPage = () => {
  const { t } = useTranslation('admin');
  const [address, setAddress] = useSearchParams();
  const view = salesViewOf(address);
  const show = (change: Partial<SalesView>) => setAddress(addressOfSales({ ...view, ...change }), { replace: true });
  const sales = useQuery({
    queryKey: ['admin', 'sales', view.musicalId, view.performanceId, view.period],
    queryFn: ({ signal }) => readHours(view, signal),
    refetchInterval: EVERY_SECONDS * 1000,
    retry: false,
  });
  const buckets = sales.data && (view.by === 'day' ? byDay(sales.data, VENUE_ZONE) : sales.data);
  const total = totalOf(buckets ?? []);
  return (
    <>
      <PageTitle>{t('sales.title')}</PageTitle>
      <p className={css.soft}>{t('sales.note')}</p>
      <div className={css.stack}>
        <div className={css.filters} role="group" aria-label={t('sales.filters')}>
          <MusicalFilter
            musicalId={view.musicalId ?? ''}
            performanceId={view.performanceId ?? ''}
            onChange={({ musicalId, performanceId }) =>
              show({ musicalId: musicalId || null, performanceId: performanceId || null })
            }
          />
          <SelectField
            label={t('sales.period')}
            value={view.period}
            onChange={({ target }) => show({ period: target.value as SalesView['period'] })}
          >
            {(Object.keys(PERIODS) as SalesView['period'][]).map((period) => (
              <option key={period} value={period}>
                {t(`sales.periods.${period}`)}
              </option>
            ))}
          </SelectField>
          <SelectField
            label={t('sales.by')}
            value={view.by}
            disabled={!hasChoice(view.period)}
            onChange={({ target }) => show({ by: target.value as SalesView['by'] })}
          >
            <option value="hour">{t('sales.hour')}</option>
            <option value="day">{t('sales.day')}</option>
          </SelectField>
          <SelectField
            label={t('sales.measure')}
            value={view.measure}
            onChange={({ target }) => show({ measure: target.value as SalesView['measure'] })}
          >
            {MEASURES.map((measure) => (
              <option key={measure} value={measure}>
                {t(`sales.measures.${measure}`)}
              </option>
            ))}
          </SelectField>
        </div>
        {sales.isPending && <Loading />}
        {sales.isLoadingError && <ErrorState error={sales.error} onRetry={() => void sales.refetch()} />}
        {buckets && (
          <>
            <SalesTotals total={total} />
            {total.sold.reservations + total.cancelled.reservations === 0 ? (
              <EmptyState title={t('sales.nothing')} text={t('sales.nothingText')} />
            ) : (
              <>
                <SalesChart buckets={buckets} by={view.by} measure={view.measure} />
                <SalesTable buckets={buckets} by={view.by} />
              </>
            )}
            <Freshness query={sales} everySeconds={EVERY_SECONDS} />
          </>
        )}
      </div>
    </>
  );
};
