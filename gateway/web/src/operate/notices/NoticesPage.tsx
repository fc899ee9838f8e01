import type { Notice } from '@outerpark/contracts/http/notifications';
import type { ActionDone } from '@outerpark/contracts/http/operators';
import type { Page } from '@outerpark/contracts/http/paging';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { usePages } from '../../api/pages';
import { PageTitle } from '../../app/PageTitle';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { ShowMore } from '../../ui/ShowMore';
import { ActDialog, type Act } from '../ActDialog';
import css from '../Operate.module.css';
import { NoticeTable } from './NoticeTable';

/** What customers were told, and once more if need be. */
export const NoticesPage = () => {
  const { t } = useTranslation('operate');
  const [act, setAct] = useState<Act>();
  const notices = usePages<Page<Notice>>(['operate', 'notices'], '/api/notifications?limit=50');
  const items = notices.data?.pages.flatMap((page) => page.items) ?? [];
  const resend = ({ id, kind }: Notice): Act => ({
    title: t('act.on', { action: t('notices.resend'), what: t(`notices.kinds.${kind}`) }),
    consequence: t('notices.resendText'),
    label: t('notices.resend'),
    carryOut: async (reason, key) => {
      const done = await call<ActionDone>(`/api/admin/notifications/${id}/resend`, {
        ...{ method: 'POST', body: { reason }, key },
      });
      return { tone: 'good', text: t('act.done', { outcome: done.outcome }) };
    },
  });
  return (
    <>
      <PageTitle>{t('notices.title')}</PageTitle>
      <p className={css.intro}>{t('notices.intro')}</p>
      <div className={css.stack}>
        {notices.isPending && <Loading />}
        {notices.isError && <ErrorState error={notices.error} onRetry={() => void notices.refetch()} />}
        {notices.data && items.length === 0 && <EmptyState text={t('notices.empty')} />}
        {items.length > 0 && <NoticeTable items={items} onResend={(notice) => setAct(resend(notice))} />}
        <ShowMore list={notices} />
      </div>
      {act && <ActDialog act={act} onClose={() => setAct(undefined)} />}
    </>
  );
};
