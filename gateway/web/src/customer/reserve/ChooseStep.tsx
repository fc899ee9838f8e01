import type { Dispatch } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '../../api/intention';
import { won } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import { Button } from '../../ui/Button';
import type { Performance } from '../musicals/offer';
import { Seats } from '../musicals/Seats';
import type { Action, Attempt } from './attempt';
import { MOST_OF_ONE_GRADE, objectionTo, priceOf, seatsIn, withSeats, type Objection } from './choice';
import { Refused } from './Refused';
import css from './Reserve.module.css';
import { Stepper } from './Stepper';
import { StepTitle } from './StepTitle';

interface ChooseStepProps {
  performance: Performance;
  attempt: Extract<Attempt, { step: 'choose' }>;
  dispatch: Dispatch<Action>;
  /** The customer came back to this step. */
  back: boolean;
}

export const ChooseStep = ({ performance, attempt: { choice, refusal }, dispatch, back }: ChooseStepProps) => {
  const { t } = useTranslation(['customer', 'common']);
  const [language] = useLanguage();
  const objection = objectionTo(choice, performance);
  const review = (chosen = choice) => dispatch({ type: 'review', choice: chosen, key: newKey() });
  return (
    <section className={css.step}>
      <StepTitle focus={back}>{t('choose.title')}</StepTitle>
      {refusal && <Refused refusal={refusal} onTake={(grade, seats) => review(withSeats(choice, grade, seats))} />}
      <ul className={css.grades}>
        {performance.grades.map(({ id, name, price, free, capacity }) => (
          <li key={id} className={css.grade}>
            <div>
              <h3>{name}</h3>
              <p>{t('choose.each', { price: won(price, language) })}</p>
            </div>
            <Seats free={free} capacity={capacity} />
            <Stepper
              grade={name}
              seats={choice[name] ?? 0}
              most={Math.min(MOST_OF_ONE_GRADE, performance.maxPerCustomer ?? MOST_OF_ONE_GRADE, free)}
              onChange={(seats) => dispatch({ type: 'choose', choice: withSeats(choice, name, seats) })}
            />
          </li>
        ))}
      </ul>
      {performance.maxPerCustomer !== null && (
        <p className={css.hint}>{t('musical.most', { count: performance.maxPerCustomer })}</p>
      )}
      <div className={css.sum}>
        <p aria-live="polite">
          {t('choose.total')} <strong>{won(priceOf(choice, performance.grades), language)}</strong>
          <span>{t('common:seats', { count: seatsIn(choice) })}</span>
        </p>
        <Button disabled={objection !== null} onClick={() => review()} aria-describedby="objection">
          {t('choose.continue')}
        </Button>
        <p id="objection" className={css.objection} aria-live="polite">
          {objection && <ObjectionText objection={objection} />}
        </p>
      </div>
    </section>
  );
};

const ObjectionText = ({ objection }: { objection: Objection }) => {
  const { t } = useTranslation('customer');
  switch (objection.kind) {
    case 'nothing':
      return t('choose.nothing');
    case 'too-many':
      return t('choose.tooMany', { count: objection.most });
    case 'gone':
      return t('choose.gone', { grade: objection.grade });
    case 'fewer-free':
      return t('choose.fewerFree', { count: objection.free, grade: objection.grade });
  }
};
