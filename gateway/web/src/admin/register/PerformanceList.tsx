import { useRef } from 'react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { VENUE_ZONE } from '../../format/time';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import css from './Register.module.css';
import { PerformanceFields } from './PerformanceFields';
import { dayAfter, type MusicalForm } from './request';
import { useFault } from './resolver';

const MOST = 200;

export const PerformanceList = () => {
  const { t } = useTranslation('admin');
  const announce = useAnnounce();
  const fault = useFault();
  const adding = useRef<HTMLButtonElement>(null);
  const { control, getValues } = useFormContext<MusicalForm>();
  const { fields, append, remove } = useFieldArray({ control, name: 'performances' });
  const add = () => {
    const last = getValues('performances').at(-1)!;
    append(dayAfter(last, VENUE_ZONE), { focusName: `performances.${fields.length}.startsAt` });
  };
  const drop = (index: number) => {
    remove(index);
    adding.current?.focus();
    announce(t('register.removed'));
  };
  const problem = fault('performances.root');
  return (
    <>
      {fields.map(({ id }, index) => (
        <PerformanceFields key={id} index={index} onRemove={fields.length > 1 ? () => drop(index) : undefined} />
      ))}
      {problem && (
        <p role="alert" className={css.problem}>
          {problem}
        </p>
      )}
      {fields.length < MOST && (
        <div className={css.add}>
          <Button ref={adding} kind="secondary" onClick={add}>
            {t('register.addPerformance')}
          </Button>
          <p>{t('register.addPerformanceHint')}</p>
        </div>
      )}
    </>
  );
};
