import type { OperatorAction } from '@outerpark/contracts/http/operators';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { usePages } from '../../api/pages';
import { PageTitle } from '../../app/PageTitle';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { CopyId } from '../../ui/CopyId';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { SelectField } from '../../ui/Field';
import { Loading } from '../../ui/Loading';
import { ShowMore } from '../../ui/ShowMore';
import { Table } from '../../ui/Table';
import { useNames } from '../names';
import css from '../Operate.module.css';
import { Unreachable } from '../Unreachable';

interface Answer {
  items: OperatorAction[];
  next: string | null;
  unreachable: string[];
}

const SERVICES = ['musical', 'reservation', 'payment', 'notification', 'mypage'];

/** Who did what, when, why, and what came of it. */
export const ActionsPage = () => {
  const { t } = useTranslation('operate');
  const names = useNames();
  const [address, setAddress] = useSearchParams();
  const service = SERVICES.find((one) => one === address.get('service')) ?? '';
  const ofService = service === '' ? '' : `&service=${service}`;
  const actions = usePages<Answer>(['operate', 'actions'], `/api/admin/actions?limit=50${ofService}`);
  const pages = actions.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  return (
    <>
      <PageTitle>{t('actions.title')}</PageTitle>
      <p className={css.intro}>{t('actions.intro')}</p>
      <div className={css.stack}>
        <div className={css.narrow}>
          <SelectField
            label={t('service')}
            value={service}
            onChange={({ target }) => setAddress(target.value ? { service: target.value } : {}, { replace: true })}
          >
            <option value="">{t('allServices')}</option>
            {SERVICES.map((name) => (
              <option key={name} value={name}>
                {names.service(name)}
              </option>
            ))}
          </SelectField>
        </div>
        {actions.isPending && <Loading />}
        {actions.isError && <ErrorState error={actions.error} onRetry={() => void actions.refetch()} />}
        <Unreachable names={pages.flatMap(({ unreachable }) => unreachable)} />
        {actions.data && items.length === 0 && <EmptyState text={t('actions.empty')} />}
        {items.length > 0 && <ActionsTable items={items} />}
        <ShowMore list={actions} />
      </div>
    </>
  );
};

const ActionsTable = ({ items }: { items: OperatorAction[] }) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const names = useNames();
  return (
    <Table
      cards
      captionHidden
      caption={t('actions.caption')}
      rows={items}
      rowKey={({ service, id }) => `${service} ${id}`}
      columns={[
        {
          key: 'what',
          header: t('actions.action'),
          cell: ({ action, kind, service }: OperatorAction) => (
            <div>
              {t('act.on', { action: names.action(action), what: names.kind(kind) })}
              <p className={css.soft}>{names.service(service)}</p>
            </div>
          ),
        },
        {
          key: 'at',
          header: t('actions.at'),
          cell: ({ at }) => <time dateTime={at}>{dayAndClock(at, language)}</time>,
        },
        { key: 'who', header: t('actions.operator'), cell: ({ operator }) => operator },
        { key: 'subject', header: t('actions.subject'), cell: ({ subject }) => <CopyId id={subject} /> },
        { key: 'why', header: t('actions.reason'), cell: ({ reason }) => reason },
        { key: 'outcome', header: t('actions.outcome'), cell: ({ outcome }) => <span lang="en">{outcome}</span> },
      ]}
    />
  );
};
