import type { DeadLetter, DeadLetterCause } from '@outerpark/contracts/http/operators';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { PageTitle } from '../../app/PageTitle';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Freshness } from '../../ui/Freshness';
import { Loading } from '../../ui/Loading';
import { ActDialog, type Act } from '../ActDialog';
import css from '../Operate.module.css';
import { Unreachable } from '../Unreachable';
import { CauseCard } from './CauseCard';
import { groupsOf } from './groups';

interface Whole<Item> {
  items: Item[];
  unreachable: string[];
}

const EVERY_SECONDS = 10;
const asked = { refetchInterval: EVERY_SECONDS * 1000, retry: false };

/** Events that were set aside, under what they failed of. */
export const DeadLettersPage = () => {
  const { t } = useTranslation('operate');
  const [act, setAct] = useState<Act>();
  const causes = useQuery({
    queryKey: ['operate', 'dead-letters', 'causes'],
    queryFn: ({ signal }) => call<Whole<DeadLetterCause>>('/api/admin/dead-letters/causes', { signal }),
    ...asked,
  });
  const letters = useQuery({
    queryKey: ['operate', 'dead-letters', 'list'],
    queryFn: ({ signal }) => call<Whole<DeadLetter>>('/api/admin/dead-letters?limit=200', { signal }),
    ...asked,
  });
  return (
    <>
      <PageTitle>{t('deadLetters.title')}</PageTitle>
      <p className={css.intro}>{t('deadLetters.intro')}</p>
      {causes.isPending && <Loading />}
      {causes.isLoadingError && <ErrorState error={causes.error} onRetry={() => void causes.refetch()} />}
      {causes.data && (
        <div className={css.stack}>
          <Freshness query={causes} everySeconds={EVERY_SECONDS} />
          <Unreachable names={[...causes.data.unreachable, ...(letters.data?.unreachable ?? [])]} />
          {causes.data.items.length === 0 && (
            <EmptyState title={t('deadLetters.empty')} text={t('deadLetters.emptyText')} />
          )}
          {groupsOf(causes.data.items, letters.data?.items ?? []).map((group) => (
            <CauseCard key={`${group.cause.service} ${group.cause.cause}`} group={group} onAct={setAct} />
          ))}
        </div>
      )}
      {act && <ActDialog act={act} onClose={() => setAct(undefined)} />}
    </>
  );
};
