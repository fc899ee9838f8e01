import { useMutation } from '@tanstack/react-query';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import { useFailureText } from '../../api/failure-text';
import { newKey } from '../../api/intention';
import { won } from '../../format/money';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { useAnnounce } from '../../ui/Announcer';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import css from './Reservation.module.css';
import { wasCharged } from './state';

interface CancelDialogProps {
  item: MyPageItem;
  onClose: () => void;
  onCancelled: (reservation: Reservation) => void;
}

/** Says what cancelling does before it is done. */
export const CancelDialog = ({ item, onClose, onCancelled }: CancelDialogProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const announce = useAnnounce();
  const failureText = useFailureText();
  const [key] = useState(() => newKey());
  const cancel = useMutation({
    mutationFn: () => call<Reservation>(`/api/reservations/${item.id}`, { method: 'DELETE', key }),
    onSuccess: (reservation) => {
      announce(t('cancel.done'), 'good');
      onCancelled(reservation);
      onClose();
    },
  });
  const amount = won(item.price, language);
  const refund = wasCharged(item)
    ? t('cancel.refund', { amount })
    : item.payment.status === 'declined'
      ? t('cancel.nothing')
      : t('cancel.underway', { amount });
  const failed = (error: unknown): string => {
    const { kind } = failureIn(error);
    if (kind === 'reservation-ended') return t('cancel.ended');
    return kind === 'performance-over' ? t('cancel.begun') : failureText(error);
  };
  return (
    <Dialog
      title={t('cancel.title')}
      onClose={onClose}
      actions={
        <>
          <Button kind="secondary" onClick={onClose}>
            {t('cancel.keep')}
          </Button>
          <Button kind="danger" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('cancel.confirm')}
          </Button>
        </>
      }
    >
      <p>
        <strong>{t('cancel.what', { musical: item.musical, when: dayAndClock(item.startsAt, language) })}</strong>
      </p>
      <ul className={css.consequences}>
        <li>{t('cancel.seats', { count: item.seats })}</li>
        <li>{refund}</li>
        <li>{t('cancel.final')}</li>
      </ul>
      {cancel.isError && (
        <p role="alert" className={css.failed}>
          {failed(cancel.error)}
        </p>
      )}
    </Dialog>
  );
};
