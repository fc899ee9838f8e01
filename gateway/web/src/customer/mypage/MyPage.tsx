import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFailureText } from '../../api/failure-text';
import { PageTitle } from '../../app/PageTitle';
import { useAnnounce } from '../../ui/Announcer';
import { Button, ButtonLink } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { ReservationCard } from '../reservation/ReservationCard';
import { LiveState } from './LiveState';
import css from './MyPage.module.css';
import { Preferences } from './Preferences';
import { useSayChanges } from './use-say-changes';
import { useLiveMyPage } from './use-live-mypage';

export default function MyPage() {
  const { t } = useTranslation(['customer', 'common']);
  const live = useLiveMyPage();
  useSayChanges(live.items);
  const { items } = live;
  return (
    <>
      <header className={css.head}>
        <PageTitle>{t('mypage.title')}</PageTitle>
        <p>{t('mypage.lead')}</p>
      </header>
      <LiveState live={live} />
      <div className={css.columns}>
        <section aria-label={t('mypage.reservations')}>
          {items === null && (live.error ? <ErrorState error={live.error} onRetry={live.retry} /> : <Loading />)}
          {items?.length === 0 && (
            <EmptyState
              title={t('mypage.noneTitle')}
              text={t('mypage.none')}
              action={<ButtonLink to="/">{t('mypage.browse')}</ButtonLink>}
            />
          )}
          <ul className={css.list}>
            {items?.map((item, index) => (
              <li key={item.id}>
                <ReservationCard
                  item={item}
                  headingLevel={2}
                  storyOpen={index === 0 || item.status === 'awaiting_payment'}
                  onChanged={live.patch}
                />
              </li>
            ))}
          </ul>
          {live.next !== null && <More load={live.loadOlder} />}
        </section>
        <Preferences />
      </div>
    </>
  );
}

const More = ({ load }: { load: () => Promise<void> }) => {
  const { t } = useTranslation('common');
  const announce = useAnnounce();
  const failureText = useFailureText();
  const [busy, setBusy] = useState(false);
  const more = async () => {
    setBusy(true);
    await load().catch((error: unknown) => announce(failureText(error), 'bad'));
    setBusy(false);
  };
  return (
    <Button kind="secondary" busy={busy} onClick={() => void more()} className={css.more}>
      {t('more')}
    </Button>
  );
};
