import { useMutation } from '@tanstack/react-query';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import { useFailureText } from '../../api/failure-text';
import { won } from '../../format/money';
import { clock } from '../../format/time';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import { useAnnounce } from '../../ui/Announcer';
import { Button, ButtonLink } from '../../ui/Button';
import { Countdown } from './Countdown';
import css from './Reservation.module.css';
import { isCounting, type State } from './state';

interface PaymentPartProps {
  item: MyPageItem;
  state: State;
  onChanged: (reservation: Reservation) => void;
}

/** Where the reservation stands, in words, with what the customer can do now. */
export const PaymentPart = ({ item, state, onChanged }: PaymentPartProps) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const { payment, paymentDeadline } = item;
  return (
    <div className={css.state} data-state={state}>
      <strong>{t(`words.${state}.title`)}</strong>
      {payment.refunded > 0 && <p>{t('pay.refunded', { amount: won(payment.refunded, language) })}</p>}
      <p>{t(`words.${state}.text`)}</p>
      {state === 'declined' && payment.reason && <p>{t('pay.reason', { reason: payment.reason })}</p>}
      {state === 'deferred' && <Expected item={item} />}
      {isCounting(state) && <Countdown until={paymentDeadline} />}
      {state === 'action' && payment.url && (
        <ButtonLink href={payment.url} title={t('pay.opens')}>
          {t('pay.open')}
        </ButtonLink>
      )}
      {state === 'declined' && <PayAgain item={item} onChanged={onChanged} />}
    </div>
  );
};

const Expected = ({ item: { payment, paymentDeadline } }: { item: MyPageItem }) => {
  const { t } = useTranslation('customer');
  const [language] = useLanguage();
  const now = useNow(10_000);
  const ahead = payment.expectedAt !== null && Date.parse(payment.expectedAt) > now;
  return (
    <p>
      {ahead ? t('pay.expected', { time: clock(payment.expectedAt ?? '', language) }) : t('pay.expectedSoon')}{' '}
      {t('pay.latest', { time: clock(paymentDeadline, language) })}
    </p>
  );
};

const PayAgain = ({ item: { id, timeline }, onChanged }: Pick<PaymentPartProps, 'item' | 'onChanged'>) => {
  const { t } = useTranslation('customer');
  const announce = useAnnounce();
  const failureText = useFailureText();
  // One key for each decline: asked twice about the same one, it is tried once.
  const key = `after-decline-${timeline.filter(({ type }) => type === 'PaymentDeclined').length}`;
  const again = useMutation({
    mutationFn: () => call<Reservation>(`/api/reservations/${id}/payment`, { method: 'POST', key }),
    onSuccess: (reservation) => {
      announce(t('pay.asked'), 'good');
      onChanged(reservation);
    },
    onError: (error) =>
      announce(failureIn(error).kind === 'payment-not-open' ? t('pay.closed') : failureText(error), 'bad'),
  });
  return (
    <Button busy={again.isPending || again.isSuccess} onClick={() => again.mutate()}>
      {t('pay.again')}
    </Button>
  );
};
