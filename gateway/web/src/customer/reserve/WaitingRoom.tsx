import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { signInAddress } from '../../api/session';
import { countdown } from '../../format/countdown';
import { count } from '../../format/money';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import { ButtonLink } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import css from './Reserve.module.css';
import type { ToldPass } from './use-waiting-room';
import { minutesOf, waitAfter } from './wait';

interface WaitingRoomProps {
  pass: ToldPass;
  /** The choice is made, and is sent when the turn has come. */
  sends: boolean;
}

/** The place in the queue, counted down between two answers; said aloud by the minute. */
export const WaitingRoom = ({ pass, sends }: WaitingRoomProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const { position, toldAt } = pass;
  const { ahead, seconds } = waitAfter(pass, useNow() - toldAt);
  const minutes = minutesOf(seconds);
  return (
    <section className={css.room} aria-labelledby="waiting-room">
      <h2 id="waiting-room">{t('waitingRoom.title')}</h2>
      <dl>
        <div>
          <dt>{t('waitingRoom.ahead')}</dt>
          <dd>{count(ahead, language)}</dd>
        </div>
        <div>
          <dt>{t('waitingRoom.wait')}</dt>
          <dd>{countdown(seconds)}</dd>
        </div>
        {position !== null && (
          <div>
            <dt>{t('waitingRoom.position')}</dt>
            <dd>{count(position, language)}</dd>
          </div>
        )}
      </dl>
      {position !== null && (
        <progress aria-hidden className={css.queue} max={position} value={Math.max(0, position - ahead)} />
      )}
      <p role="status" className="visually-hidden">
        {minutes === 0 ? t('waitingRoom.soon') : t('waitingRoom.saidWait', { count: minutes })}
      </p>
      <p>{t(sends ? 'waitingRoom.sends' : 'waitingRoom.chooses')}</p>
      <p className={css.hint}>{t('waitingRoom.kept')}</p>
    </section>
  );
};

/** Who is not signed in has no place yet. */
export const WaitingRoomEntrance = () => {
  const { t } = useTranslation('customer');
  const { pathname } = useLocation();
  return (
    <Notice tone="info" title={t('waitingRoom.title')} urgent={false}>
      <p>{t('waitingRoom.entrance')}</p>
      <ButtonLink href={signInAddress(pathname)}>{t('waitingRoom.signIn')}</ButtonLink>
    </Notice>
  );
};
