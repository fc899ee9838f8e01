import type { AttentionItem } from '@outerpark/contracts/http/operators';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../api/pages';
import { PageTitle } from '../../app/PageTitle';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Freshness } from '../../ui/Freshness';
import { Loading } from '../../ui/Loading';
import { ShowMore } from '../../ui/ShowMore';
import { ActDialog, type Act } from '../ActDialog';
import css from '../Operate.module.css';
import { Unreachable } from '../Unreachable';
import { AttentionCard } from './AttentionCard';
import { useActOn } from './act-on';

interface Answer {
  items: AttentionItem[];
  next: string | null;
  unreachable: string[];
}

const EVERY_SECONDS = 10;

/** What is past its time in all services, and what can be done about it. */
export const AttentionPage = () => {
  const { t } = useTranslation('operate');
  const [act, setAct] = useState<Act>();
  const actOn = useActOn();
  const attention = usePages<Answer>(['operate', 'attention'], '/api/admin/attention?limit=50', {
    everySeconds: EVERY_SECONDS,
  });
  const pages = attention.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  return (
    <>
      <PageTitle>{t('attention.title')}</PageTitle>
      <p className={css.intro}>{t('attention.intro')}</p>
      {attention.isPending && <Loading />}
      {attention.isLoadingError && <ErrorState error={attention.error} onRetry={() => void attention.refetch()} />}
      {attention.data && (
        <div className={css.stack}>
          <Freshness query={attention} everySeconds={EVERY_SECONDS} />
          <Unreachable names={pages.flatMap(({ unreachable }) => unreachable)} />
          {items.length === 0 ? (
            <EmptyState title={t('attention.empty')} text={t('attention.emptyText')} />
          ) : (
            <p role="status">
              {t(attention.hasNextPage ? 'attention.shownMore' : 'attention.shown', { count: items.length })}
            </p>
          )}
          <ul className={css.list}>
            {items.map((item) => (
              <li key={`${item.service} ${item.kind} ${item.subject}`}>
                <AttentionCard item={item} onAct={(action) => setAct(actOn(item, action))} />
              </li>
            ))}
          </ul>
          <ShowMore list={attention} />
        </div>
      )}
      {act && <ActDialog act={act} onClose={() => setAct(undefined)} />}
    </>
  );
};
