import { useTranslation } from 'react-i18next';
import { secondsLeft } from '../../format/countdown';
import { useNow } from '../../format/use-now';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import type { Attempt } from './attempt';
import css from './Reserve.module.css';

const TEXTS = {
  'seat-check': ['waiting.seatCheckTitle', 'waiting.seatCheck'],
  busy: ['waiting.busyTitle', 'waiting.busy'],
  'no-answer': ['waiting.noAnswerTitle', 'waiting.noAnswer'],
} as const;

interface WaitingProps {
  attempt: Extract<Attempt, { step: 'waiting' }>;
  onNow: () => void;
}

/** Nothing is decided yet: says why, and when it is tried again. */
export const Waiting = ({ attempt: { why, until }, onNow }: WaitingProps) => {
  const { t } = useTranslation('customer');
  const [title, text] = TEXTS[why];
  const left = secondsLeft(until, useNow());
  return (
    <Notice tone="info" title={t(title)} urgent={false}>
      <p>{t(text)}</p>
      <p className={css.waiting}>
        {/* Not read out every second. */}
        <span aria-hidden>{t('waiting.in', { count: left })}</span>
        <Button kind="secondary" onClick={onNow}>
          {t('waiting.now')}
        </Button>
      </p>
    </Notice>
  );
};
