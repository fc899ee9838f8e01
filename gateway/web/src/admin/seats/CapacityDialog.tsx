import { changeCapacity, type GradeSeats } from '@outerpark/contracts/http/musicals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import { useFailureText } from '../../api/failure-text';
import { useIntention } from '../../api/intention';
import { count } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { numberOf } from '../register/number-of';

/** Gives a grade more or fewer seats. Whether that can be is decided by the API alone: seats are taken meanwhile. */
export const CapacityDialog = ({ grade, onClose }: { grade: GradeSeats; onClose: () => void }) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const intention = useIntention();
  const [written, setWritten] = useState(String(grade.capacity));
  const wanted = changeCapacity.safeParse({ capacity: numberOf(written) });
  const change = useMutation({
    mutationFn: (body: { capacity: number }) => {
      const path = `/api/musicals/${grade.musicalId}/grades/${grade.gradeId}`;
      return call(path, { method: 'PATCH', body, key: intention.keyFor(body) });
    },
    onSuccess: (_, { capacity }) => {
      announce(t('capacity.done', { grade: grade.grade, capacity: count(capacity, language) }), 'good');
      onClose();
    },
    onSettled: (_, error) => {
      intention.settled(error);
      return queries.invalidateQueries({ queryKey: ['admin'] });
    },
  });
  const submit = () => {
    if (wanted.success) change.mutate(wanted.data);
  };
  return (
    <Dialog
      title={t('capacity.title', { grade: grade.grade })}
      onClose={onClose}
      actions={
        <>
          <Button kind="secondary" onClick={onClose}>
            {t('cancel', { ns: 'common' })}
          </Button>
          <Button busy={change.isPending} onClick={submit}>
            {t('capacity.submit')}
          </Button>
        </>
      }
    >
      <p>
        {t('capacity.text', {
          ...{ capacity: count(grade.capacity, language), taken: count(grade.held + grade.sold, language) },
        })}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={t('capacity.label')}
          inputMode="numeric"
          autoComplete="off"
          value={written}
          error={wanted.success ? undefined : t('capacity.fault')}
          onChange={({ target }) => setWritten(target.value)}
        />
      </form>
      {change.isError && <Refusal error={change.error} taken={grade.held + grade.sold} />}
    </Dialog>
  );
};

const Refusal = ({ error, taken }: { error: unknown; taken: number }) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const failureText = useFailureText();
  const failure = failureIn(error);
  if (failure.kind !== 'capacity-below-taken') return <Notice tone="bad">{failureText(error)}</Notice>;
  return <Notice tone="bad">{t('capacity.belowTaken', { taken: count(failure.taken ?? taken, language) })}</Notice>;
};
