import type { Sold } from '@outerpark/contracts/http/sales';
import { useTranslation } from 'react-i18next';
import { won } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import css from './Sales.module.css';

/** What was sold in the period, what was cancelled in it, and what is left. */
export const SalesTotals = ({ total: { sold, cancelled } }: { total: { sold: Sold; cancelled: Sold } }) => {
  const { t } = useTranslation('admin');
  const kept = { seats: sold.seats - cancelled.seats, amount: sold.amount - cancelled.amount };
  return (
    <dl className={css.totals}>
      <Total name={t('sales.sold')} of={sold} />
      <Total name={t('sales.cancelled')} of={cancelled} />
      <Total name={t('sales.kept')} of={kept} />
    </dl>
  );
};

const Total = ({ name, of: { amount, seats } }: { name: string; of: { amount: number; seats: number } }) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{won(amount, language)}</strong>
        <span>{t('seats', { ns: 'common', count: seats })}</span>
      </dd>
    </div>
  );
};
