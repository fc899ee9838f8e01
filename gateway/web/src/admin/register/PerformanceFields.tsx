import { useFormContext, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { dayAndClock, VENUE_ZONE } from '../../format/time';
import { useNow } from '../../format/use-now';
import { momentAt } from '../../format/venue-time';
import { useLanguage } from '../../i18n/use-language';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { GradeList } from './GradeList';
import css from './Register.module.css';
import type { MusicalForm } from './request';
import { useFault } from './resolver';

/** One performance: when, where, how many seats for one customer, and its grades. */
export const PerformanceFields = ({ index, onRemove }: { index: number; onRemove?: () => void }) => {
  const { t } = useTranslation('admin');
  const { register } = useFormContext<MusicalForm>();
  const fault = useFault();
  const hint = useTimeHint(index);
  const number = index + 1;
  return (
    <fieldset className={css.performance}>
      <legend>{t('register.performance', { number })}</legend>
      <div className={css.fields}>
        <Field
          type="datetime-local"
          label={t('register.startsAt')}
          hint={hint}
          error={fault(`performances.${index}.startsAt`)}
          required
          {...register(`performances.${index}.startsAt`)}
        />
        <Field
          label={t('register.venue')}
          error={fault(`performances.${index}.venue`)}
          required
          autoComplete="off"
          maxLength={400}
          {...register(`performances.${index}.venue`)}
        />
        <Field
          label={t('register.maxPerCustomer')}
          hint={t('register.maxPerCustomerHint')}
          error={fault(`performances.${index}.maxPerCustomer`)}
          inputMode="numeric"
          autoComplete="off"
          {...register(`performances.${index}.maxPerCustomer`)}
        />
      </div>
      <GradeList performance={index} />
      {onRemove && (
        <div>
          <Button kind="quiet" aria-label={t('register.removePerformanceOf', { number })} onClick={onRemove}>
            {t('register.removePerformance')}
          </Button>
        </div>
      )}
    </fieldset>
  );
};

/** What is written as it is understood: with its weekday, in the venue's time, and whether it lies in the past. */
const useTimeHint = (index: number): string => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const now = useNow(60_000);
  const written = useWatch<MusicalForm, `performances.${number}.startsAt`>({ name: `performances.${index}.startsAt` });
  const at = momentAt(written ?? '', VENUE_ZONE);
  if (!('moment' in at)) return t('register.startsAtHint');
  const moment = dayAndClock(at.moment, language);
  return t(Date.parse(at.moment) <= now ? 'register.startsAtPast' : 'register.startsAtRead', { moment });
};
