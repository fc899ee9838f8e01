import type { Dispatch } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { signInAddress } from '../../api/session';
import { won } from '../../format/money';
import { present } from '../../format/present';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Button, ButtonLink } from '../../ui/Button';
import type { Performance } from '../musicals/offer';
import { mayChange, type Action, type Attempt } from './attempt';
import { linesOf, priceOf } from './choice';
import css from './Reserve.module.css';
import { StepTitle } from './StepTitle';
import { Waiting } from './Waiting';

interface ReviewStepProps {
  performance: Performance;
  attempt: Extract<Attempt, { step: 'review' | 'sending' | 'queued' | 'waiting' }>;
  dispatch: Dispatch<Action>;
  customerId: string | null;
  /** The customer's turn in the waiting room has not come yet. */
  waits: boolean;
}

export const ReviewStep = ({ performance, attempt, dispatch, customerId, waits }: ReviewStepProps) => {
  const { t } = useTranslation(['customer', 'common']);
  const [language] = useLanguage();
  const { pathname } = useLocation();
  const { grades, startsAt, venue } = performance;
  const price = won(priceOf(attempt.choice, grades), language);
  const priceOfOne = new Map(grades.map((grade) => [grade.name, grade.price]));
  return (
    <section className={css.step}>
      <StepTitle focus>{t('review.title')}</StepTitle>
      <dl className={css.summary}>
        <dt>{t('review.when')}</dt>
        <dd>{dayAndClock(startsAt, language)}</dd>
        <dt>{t('review.where')}</dt>
        <dd>{venue}</dd>
        {linesOf(attempt.choice, grades).map(({ grade, seats }) => (
          <div key={grade} className={css.line}>
            <dt>{grade}</dt>
            <dd>
              <span>
                {t('common:seats', { count: seats })} × {won(priceOfOne.get(grade) ?? 0, language)}
              </span>
              <span>{won(seats * (priceOfOne.get(grade) ?? 0), language)}</span>
            </dd>
          </div>
        ))}
        <div className={css.total}>
          <dt>{t('review.total')}</dt>
          <dd>{price}</dd>
        </div>
      </dl>
      <ul className={css.terms}>
        <li>{t('review.hold')}</li>
        <li>{t('review.policy')}</li>
      </ul>
      {attempt.step === 'waiting' && <Waiting attempt={attempt} onNow={() => dispatch({ type: 'again' })} />}
      <div className={css.actions}>
        {customerId === null ? (
          <>
            <ButtonLink href={signInAddress(pathname)}>{t('review.signIn')}</ButtonLink>
            <p className={css.hint}>{t('review.signInHint')}</p>
          </>
        ) : (
          attempt.step !== 'waiting' && (
            <Button
              busy={attempt.step !== 'review'}
              onClick={() =>
                dispatch(
                  waits ? { type: 'queue', owner: customerId, now: present() } : { type: 'send', owner: customerId },
                )
              }
            >
              {attempt.step === 'sending'
                ? t('review.reserving')
                : attempt.step === 'queued'
                  ? t('waitingRoom.queued')
                  : t(waits ? 'waitingRoom.queue' : 'review.reserve', { price })}
            </Button>
          )
        )}
        {mayChange(attempt) && (
          <Button kind="quiet" onClick={() => dispatch({ type: 'change' })}>
            {t('review.change')}
          </Button>
        )}
      </div>
    </section>
  );
};
