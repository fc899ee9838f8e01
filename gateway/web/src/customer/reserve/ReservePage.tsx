import type { Musical } from '@outerpark/contracts/http/musicals';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { failureIn } from '../../api/failure';
import { useSession } from '../../api/session';
import { NotFoundPage } from '../../app/NotFoundPage';
import { PageTitle } from '../../app/PageTitle';
import { dayAndClock } from '../../format/time';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import { ButtonLink } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorState } from '../../ui/ErrorState';
import { Loading } from '../../ui/Loading';
import { useMusical } from '../musicals/musicals';
import { hasBegun, type Performance } from '../musicals/offer';
import type { Action } from './attempt';
import { ChooseStep } from './ChooseStep';
import { DoneStep } from './DoneStep';
import css from './Reserve.module.css';
import { ReviewStep } from './ReviewStep';
import { Steps } from './Steps';
import { useAttempt } from './use-attempt';
import { useWaitingRoom } from './use-waiting-room';
import { WaitingRoom, WaitingRoomEntrance } from './WaitingRoom';

export default function ReservePage() {
  const { t } = useTranslation('customer');
  const { musicalId = '', performanceId = '' } = useParams();
  const musical = useMusical(musicalId);
  const session = useSession();
  if (musical.isPending || session.isPending) return <Loading />;
  if (failureIn(musical.error).status === 404) return <NotFoundPage />;
  if (!musical.data) return <ErrorState error={musical.error} onRetry={() => void musical.refetch()} />;
  const performance = musical.data.performances.find(({ id }) => id === performanceId);
  const { name } = musical.data;
  return (
    <>
      <Link to={`/musicals/${musicalId}`} className={css.back}>
        ← {t('reserve.back')}
      </Link>
      <PageTitle>{t('reserve.title', { musical: name })}</PageTitle>
      {performance ? (
        <Reserve
          key={performanceId}
          musical={musical.data}
          performance={performance}
          customerId={session.data?.customer?.id ?? null}
        />
      ) : (
        <EmptyState text={t('reserve.noPerformance')} />
      )}
    </>
  );
}

interface ReserveProps {
  musical: Musical;
  performance: Performance;
  /** `null` while nobody is signed in. */
  customerId: string | null;
}

const Reserve = ({ musical, performance, customerId }: ReserveProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const [attempt, dispatch] = useAttempt(performance, customerId);
  const pass = useWaitingRoom(performance, customerId, attempt, dispatch);
  const [acted, setActed] = useState(false);
  const act = (action: Action) => {
    setActed(true);
    dispatch(action);
  };
  const begun = hasBegun(performance, useNow(10_000));
  // What was sent before it began is still to be heard of.
  const over = begun && (attempt.step === 'choose' || attempt.step === 'review' || attempt.step === 'queued');
  const ahead = !over && attempt.step !== 'over' && attempt.step !== 'reserved';
  return (
    <>
      <p className={css.what}>
        {dayAndClock(performance.startsAt, language)} · {performance.venue}
      </p>
      <Steps at={attempt.step === 'choose' ? 'choose' : attempt.step === 'reserved' ? 'reserved' : 'review'} />
      {ahead && pass && <WaitingRoom pass={pass} sends={attempt.step === 'queued'} />}
      {ahead && customerId === null && performance.waitingRoom && <WaitingRoomEntrance />}
      {over || attempt.step === 'over' ? (
        <EmptyState
          title={t('reserve.overTitle')}
          text={t('reserve.over')}
          action={<ButtonLink to={`/musicals/${musical.id}`}>{t('reserve.back')}</ButtonLink>}
        />
      ) : attempt.step === 'choose' ? (
        <ChooseStep performance={performance} attempt={attempt} dispatch={act} back={acted} />
      ) : attempt.step === 'reserved' ? (
        <DoneStep reservation={attempt.reservation} onMore={() => act({ type: 'restart' })} />
      ) : (
        <ReviewStep
          performance={performance}
          attempt={attempt}
          dispatch={act}
          customerId={customerId}
          waits={pass !== undefined}
        />
      )}
    </>
  );
};
