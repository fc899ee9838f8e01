import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePages } from '../../api/pages';
import { PageTitle } from '../../app/PageTitle';
import { count } from '../../format/money';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { ButtonLink } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { ShowMore } from '../../ui/ShowMore';
import { Table } from '../../ui/Table';
import css from '../Admin.module.css';

const gradesOf = ({ performances }: Musical) => performances.flatMap(({ grades }) => grades);
const sumOf = (musical: Musical, what: 'free' | 'capacity') =>
  gradesOf(musical).reduce((sum, grade) => sum + grade[what], 0);

/** All musicals; each leads to its seats. */
export const MusicalListPage = () => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const musicals = usePages<Page<Musical>>(['admin', 'musicals'], '/api/musicals?limit=50');
  const items = musicals.data?.pages.flatMap((page) => page.items) ?? [];
  const register = <ButtonLink to="/admin/musicals/new">{t('musicals.register')}</ButtonLink>;
  return (
    <>
      <div className={css.top}>
        <PageTitle>{t('musicals.title')}</PageTitle>
        {items.length > 0 && register}
      </div>
      {musicals.isPending && <Loading />}
      {musicals.isError && <ErrorState error={musicals.error} onRetry={() => void musicals.refetch()} />}
      {musicals.data && items.length === 0 && <EmptyState text={t('musicals.empty')} action={register} />}
      {items.length > 0 && (
        <div className={css.stack}>
          <Table
            cards
            captionHidden
            caption={t('musicals.caption')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'name',
                header: t('musicals.name'),
                cell: ({ id, name }: Musical) => <Link to={`/admin/musicals/${id}`}>{name}</Link>,
              },
              {
                key: 'first',
                header: t('musicals.first'),
                cell: ({ performances: [first] }) => (first ? dayAndClock(first.startsAt, language) : '–'),
              },
              {
                key: 'performances',
                header: t('musicals.performances'),
                align: 'end',
                cell: ({ performances }) => count(performances.length, language),
              },
              {
                key: 'capacity',
                header: t('musicals.capacity'),
                align: 'end',
                cell: (musical) => count(sumOf(musical, 'capacity'), language),
              },
              {
                key: 'free',
                header: t('musicals.free'),
                align: 'end',
                cell: (musical) => count(sumOf(musical, 'free'), language),
              },
            ]}
          />
          <ShowMore list={musicals} />
        </div>
      )}
    </>
  );
};
