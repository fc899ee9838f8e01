import type { SystemReport } from '@outerpark/contracts/http/system';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { PageTitle } from '../../app/PageTitle';
import { ErrorState } from '../../ui/ErrorState';
import { Freshness } from '../../ui/Freshness';
import { Loading } from '../../ui/Loading';
import { Notice } from '../../ui/Notice';
import { useNames } from '../names';
import { healthOf } from './health';
import { useReasonText } from './reason-text';
import { ProcessCard } from './ProcessCard';
import css from './System.module.css';

const EVERY_SECONDS = 5;

/** How every process of every service is, worst news first. */
export const SystemPage = () => {
  const { t } = useTranslation('operate');
  const system = useQuery({
    queryKey: ['operate', 'system'],
    queryFn: ({ signal }) => call<SystemReport>('/api/admin/system', { signal }),
    refetchInterval: EVERY_SECONDS * 1000,
    retry: false,
  });
  return (
    <>
      <PageTitle>{t('system.title')}</PageTitle>
      {system.isPending && <Loading />}
      {system.isLoadingError && <ErrorState error={system.error} onRetry={() => void system.refetch()} />}
      {system.data && (
        <div className={css.system}>
          <Verdict report={system.data} />
          <Freshness query={system} everySeconds={EVERY_SECONDS} />
          <ul className={css.processes}>
            {system.data.services.map((report) => (
              <li key={`${report.service} ${report.url}`}>
                <ProcessCard report={report} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
};

const Verdict = ({ report: { services } }: { report: SystemReport }) => {
  const { t } = useTranslation('operate');
  const names = useNames();
  const reasonText = useReasonText();
  const troubled = services
    .map((report) => ({ report, health: healthOf(report) }))
    .filter(({ health }) => health.level !== 'good');
  if (troubled.length === 0) {
    return (
      <Notice tone="good" urgent={false} title={t('system.allWell')}>
        <p>{t('system.allWellText', { count: services.length })}</p>
      </Notice>
    );
  }
  const severe = troubled.some(({ health }) => health.level !== 'warn');
  return (
    <>
      {/* Only how many is said by itself: the numbers in the sentences change all the time. */}
      <Notice tone={severe ? 'bad' : 'warn'} urgent={false} title={t('system.trouble', { count: troubled.length })} />
      <ul className={css.troubles} aria-label={t('system.troubles')}>
        {troubled.flatMap(({ report, health }) =>
          health.reasons.map((reason, index) => (
            <li key={`${report.service} ${report.url} ${index}`}>
              {names.service(report.service)} {reasonText(reason)}
            </li>
          )),
        )}
      </ul>
    </>
  );
};
