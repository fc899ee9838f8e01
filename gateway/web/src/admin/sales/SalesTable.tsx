import type { SalesBucket } from '@outerpark/contracts/http/sales';
import { useTranslation } from 'react-i18next';
import { Table } from '../../ui/Table';
import css from './Sales.module.css';
import { MEASURES, type SalesView } from './sales-view';
import { useSalesTexts } from './texts';

/** The numbers behind the bars, newest first, without the times in which nothing happened. */
export const SalesTable = ({ buckets, by }: { buckets: SalesBucket[]; by: SalesView['by'] }) => {
  const { t } = useTranslation('admin');
  const texts = useSalesTexts(by);
  const rows = buckets.filter(({ reservations, cancelled }) => reservations + cancelled.reservations > 0).reverse();
  return (
    <details className={css.table}>
      <summary>{t('asTable', { ns: 'common' })}</summary>
      <Table
        captionHidden
        caption={t('sales.table')}
        rows={rows}
        rowKey={({ from }) => from}
        columns={[
          {
            key: 'when',
            header: t('sales.when'),
            cell: (bucket) => <span className={css.when}>{texts.when(bucket)}</span>,
          },
          ...MEASURES.map((measure) => ({
            key: measure,
            header: `${t('sales.sold')}: ${t(`sales.measures.${measure}`)}`,
            align: 'end' as const,
            cell: (bucket: SalesBucket) => texts.value(bucket[measure], measure),
          })),
          ...MEASURES.map((measure) => ({
            key: `cancelled-${measure}`,
            header: `${t('sales.cancelledShort')}: ${t(`sales.measures.${measure}`)}`,
            align: 'end' as const,
            cell: ({ cancelled }: SalesBucket) => texts.value(cancelled[measure], measure),
          })),
        ]}
      />
    </details>
  );
};
