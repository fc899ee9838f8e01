import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureIn } from '../api/failure';
import { useFailureText } from '../api/failure-text';
import { isUnsettled, useIntention } from '../api/intention';
import { useCustomer } from '../api/session';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { TextField } from '../ui/Field';
import { Notice } from '../ui/Notice';

/** What came of an action, in words. */
export interface Outcome {
  tone: 'good' | 'warn';
  text: ReactNode;
}

export interface Act {
  title: string;
  /** What it leads to, said before. */
  consequence: string;
  /** What its button says. */
  label: string;
  danger?: boolean;
  /** Some acts are no operator's actions, and nobody writes down why. */
  reasonless?: boolean;
  carryOut: (reason: string, key: string) => Promise<Outcome>;
}

const MOST_CHARACTERS = 500;

/** Says what an action leads to, asks why, carries it out once, and says what came of it. Lists behind it are read again. */
export const ActDialog = ({ act, onClose }: { act: Act; onClose: () => void }) => {
  const { t } = useTranslation('operate');
  const customer = useCustomer();
  const queries = useQueryClient();
  const intention = useIntention();
  const [reason, setReason] = useState('');
  const [pressed, setPressed] = useState(false);
  const carryOut = useMutation({
    mutationFn: (why: string) => act.carryOut(why, intention.keyFor([act.title, why])),
    onSettled: (_, error) => {
      intention.settled(error);
      return queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'operate' });
    },
  });
  const why = reason.trim();
  const lacking = !act.reasonless && (why === '' || [...why].length > MOST_CHARACTERS);
  const close = () => {
    onClose();
    // The button that opened it may be gone with what it was about.
    requestAnimationFrame(() => document.activeElement === document.body && document.querySelector('h1')?.focus());
  };

  if (carryOut.data) {
    return (
      <Dialog
        title={act.title}
        onClose={close}
        actions={<Button onClick={close}>{t('close', { ns: 'common' })}</Button>}
      >
        <Notice tone={carryOut.data.tone}>{carryOut.data.text}</Notice>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={act.title}
      onClose={close}
      actions={
        <>
          <Button kind="secondary" onClick={close}>
            {t('cancel', { ns: 'common' })}
          </Button>
          <Button
            kind={act.danger ? 'danger' : 'primary'}
            busy={carryOut.isPending}
            onClick={() => {
              setPressed(true);
              if (!lacking) carryOut.mutate(why);
            }}
          >
            {carryOut.isPending ? t('act.busy') : act.label}
          </Button>
        </>
      }
    >
      <p>{act.consequence}</p>
      {!act.reasonless && (
        <>
          <TextField
            label={t('act.reason')}
            hint={t('act.reasonHint')}
            error={pressed && lacking ? t('act.reasonFault') : undefined}
            rows={2}
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <p>{t('act.who', { name: customer?.name ?? customer?.id ?? '' })}</p>
        </>
      )}
      {carryOut.isError && <Refusal error={carryOut.error} />}
    </Dialog>
  );
};

const Refusal = ({ error }: { error: unknown }) => {
  const { t } = useTranslation('operate');
  const failureText = useFailureText();
  const failure = failureIn(error);
  const { kind, detail } = failure;
  if (isUnsettled(failure)) {
    return (
      <Notice tone="warn">
        {failureText(error)} {t('act.unknown')}
      </Notice>
    );
  }
  const known: Partial<Record<typeof kind, string>> = {
    'reservation-live': t('act.reservationLive'),
    'nothing-to-do': t('act.nothingToDo'),
    'not-found': t('act.gone'),
  };
  return (
    <Notice tone="bad" title={t('act.refused')}>
      <p>{known[kind] ?? detail ?? failureText(error)}</p>
    </Notice>
  );
};
