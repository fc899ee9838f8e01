import { useRef } from 'react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import css from './Register.module.css';
import { EMPTY_GRADE, type MusicalForm } from './request';
import { useFault } from './resolver';

const MOST = 50;

/** The price grades of one performance. */
export const GradeList = ({ performance }: { performance: number }) => {
  const { t } = useTranslation('admin');
  const announce = useAnnounce();
  const fault = useFault();
  const adding = useRef<HTMLButtonElement>(null);
  const { control, register, trigger } = useFormContext<MusicalForm>();
  const name = `performances.${performance}.grades` as const;
  const { fields, append, remove } = useFieldArray({ control, name });
  const drop = (index: number) => {
    remove(index);
    adding.current?.focus();
    announce(t('register.removed'));
    // Two of one name may have become one.
    if (problem) void trigger(name);
  };
  const problem = fault(`${name}.root`);
  return (
    <fieldset className={css.grades}>
      <legend>{t('register.grades')}</legend>
      <ul>
        {fields.map(({ id }, index) => (
          <li key={id}>
            <fieldset className={css.grade}>
              <legend className="visually-hidden">{t('register.grade', { number: index + 1 })}</legend>
              <Field
                label={t('register.gradeName')}
                error={fault(`${name}.${index}.name`)}
                required
                autoComplete="off"
                maxLength={400}
                {...register(`${name}.${index}.name`)}
              />
              <Field
                label={t('register.gradePrice')}
                error={fault(`${name}.${index}.price`)}
                required
                inputMode="numeric"
                autoComplete="off"
                {...register(`${name}.${index}.price`)}
              />
              <Field
                label={t('register.gradeSeats')}
                error={fault(`${name}.${index}.seats`)}
                required
                inputMode="numeric"
                autoComplete="off"
                {...register(`${name}.${index}.seats`)}
              />
              {fields.length > 1 && (
                <Button
                  kind="quiet"
                  aria-label={t('register.removeGradeOf', { grade: index + 1, performance: performance + 1 })}
                  onClick={() => drop(index)}
                >
                  {t('register.removeGrade')}
                </Button>
              )}
            </fieldset>
          </li>
        ))}
      </ul>
      {problem && (
        <p role="alert" className={css.problem}>
          {problem}
        </p>
      )}
      {fields.length < MOST && (
        <div>
          <Button
            ref={adding}
            kind="secondary"
            aria-label={t('register.addGradeTo', { number: performance + 1 })}
            onClick={() => append(EMPTY_GRADE, { focusName: `${name}.${fields.length}.name` })}
          >
            {t('register.addGrade')}
          </Button>
        </div>
      )}
    </fieldset>
  );
};
