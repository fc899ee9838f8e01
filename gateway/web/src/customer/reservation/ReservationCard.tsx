import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { won } from '../../format/money';
import { dayAndClock } from '../../format/time';
import { useNow } from '../../format/use-now';
import { useLanguage } from '../../i18n/use-language';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { CancelDialog } from './CancelDialog';
import { PaymentPart } from './PaymentPart';
import css from './Reservation.module.css';
import { badgeOf, isCancellable, stateOf } from './state';
import { Timeline } from './Timeline';

interface ReservationCardProps {
  item: MyPageItem;
  headingLevel: 2 | 3;
  storyOpen: boolean;
  /** Told what the API answered to an action, before the stream tells it. */
  onChanged: (reservation: Reservation) => void;
}

export const ReservationCard = ({ item, headingLevel, storyOpen, onChanged }: ReservationCardProps) => {
  const { t } = useTranslation(['customer', 'common']);
  const [language] = useLanguage();
  const [cancelling, setCancelling] = useState(false);
  const id = useId();
  const state = stateOf(item, useNow());
  const badge = badgeOf(state);
  const Heading = `h${headingLevel}` as const;
  return (
    <article className={css.card} aria-labelledby={id}>
      <header className={css.head}>
        <div>
          <Heading id={id}>{item.musical}</Heading>
          <p>{dayAndClock(item.startsAt, language)}</p>
          <p>{item.venue}</p>
        </div>
        <Badge tone={badge.tone}>{t(badge.text)}</Badge>
      </header>
      <PaymentPart item={item} state={state} onChanged={onChanged} />
      <dl className={css.lines}>
        {item.lines.map(({ gradeId, grade, seats, price }) => (
          <div key={gradeId}>
            <dt>
              {grade} · {t('common:seats', { count: seats })}
            </dt>
            <dd>{won(seats * price, language)}</dd>
          </div>
        ))}
        <div className={css.total}>
          <dt>{t('choose.total')}</dt>
          <dd>{won(item.price, language)}</dd>
        </div>
      </dl>
      {item.timeline.length > 0 && (
        <details className={css.story} open={storyOpen}>
          <summary>{t('mypage.story')}</summary>
          <Timeline entries={item.timeline} />
        </details>
      )}
      <footer className={css.foot}>
        <p>{t('mypage.number', { id: item.id })}</p>
        {isCancellable(state) && (
          <Button kind="danger" onClick={() => setCancelling(true)}>
            {t('mypage.cancel')}
          </Button>
        )}
      </footer>
      {cancelling && <CancelDialog item={item} onClose={() => setCancelling(false)} onCancelled={onChanged} />}
    </article>
  );
};
