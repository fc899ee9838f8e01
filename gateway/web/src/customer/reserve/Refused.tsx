import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import type { Refusal } from './attempt';

interface RefusedProps {
  refusal: Refusal;
  /** Takes what is left of the grade that was short. */
  onTake: (grade: string, seats: number) => void;
}

/** Says plainly why nothing was reserved, and offers what can be had instead. */
export const Refused = ({ refusal, onTake }: RefusedProps) => {
  const { t } = useTranslation('customer');
  switch (refusal.kind) {
    case 'seats-unavailable': {
      const { grade, free, wanted } = refusal;
      return (
        <Notice tone="warn" title={t('refused.seatsTitle')}>
          <p>{free > 0 ? t('refused.seats', { count: free, grade, wanted }) : t('refused.soldOut', { grade })}</p>
          {free > 0 && free < wanted && (
            <Button onClick={() => onTake(grade, free)}>{t('refused.take', { count: free })}</Button>
          )}
        </Notice>
      );
    }
    case 'customer-limit-reached':
      return (
        <Notice tone="warn" title={t('refused.limitTitle')}>
          <p>{refusal.most === null ? t('refused.limitUnknown') : t('refused.limit', { count: refusal.most })}</p>
        </Notice>
      );
    case 'other':
      return (
        <Notice tone="bad" title={t('refused.otherTitle')}>
          <p>{t('refused.other')}</p>
        </Notice>
      );
  }
};
