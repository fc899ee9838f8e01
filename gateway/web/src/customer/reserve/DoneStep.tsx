import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useTranslation } from 'react-i18next';
import { Button, ButtonLink } from '../../ui/Button';
import { LiveState } from '../mypage/LiveState';
import { useLiveMyPage } from '../mypage/use-live-mypage';
import { useSayChanges } from '../mypage/use-say-changes';
import { freshItem } from '../reservation/fresh-item';
import { ReservationCard } from '../reservation/ReservationCard';
import css from './Reserve.module.css';
import { StepTitle } from './StepTitle';

interface DoneStepProps {
  reservation: Reservation;
  onMore: () => void;
}

/** The reservation as it goes on. Until My page has heard of it, it is what the API answered. */
export const DoneStep = ({ reservation, onMore }: DoneStepProps) => {
  const { t } = useTranslation('customer');
  const live = useLiveMyPage();
  useSayChanges(live.items);
  const item = live.items?.find(({ id }) => id === reservation.id) ?? freshItem(reservation);
  return (
    <section className={css.step}>
      <StepTitle focus>{t('done.title')}</StepTitle>
      <p className={css.hint}>{t('done.follow')}</p>
      <LiveState live={live} />
      <ReservationCard item={item} headingLevel={3} onChanged={live.patch} storyOpen />
      <div className={css.actions}>
        <ButtonLink to="/mypage">{t('done.mypage')}</ButtonLink>
        <Button kind="quiet" onClick={onMore}>
          {t('done.more')}
        </Button>
      </div>
    </section>
  );
};
