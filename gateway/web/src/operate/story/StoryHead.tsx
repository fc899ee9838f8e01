import type { ReservationStatus } from '@outerpark/contracts/http/reservations';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { call } from '../../api/call';
import { won } from '../../format/money';
import { dayAndClock, exactClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Badge, type Tone } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { CopyId } from '../../ui/CopyId';
import { ActDialog, type Act } from '../ActDialog';
import css from './Story.module.css';
import type { Told } from './tell';

const TONES: Record<ReservationStatus, Tone> = {
  awaiting_payment: 'warn',
  confirmed: 'good',
  cancelled: 'neutral',
  expired: 'neutral',
};

/** What a story is about, and how it stands now. */
export const StoryHead = ({ told }: { told: Told }) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const [act, setAct] = useState<Act>();
  const { id, reservationId, reservation, customerId, asOf } = told;
  const live = reservation?.status === 'awaiting_payment' || reservation?.status === 'confirmed';
  const cancel: Act = {
    title: t('story.cancel'),
    consequence: t('story.cancelText'),
    label: t('story.cancel'),
    ...{ danger: true, reasonless: true },
    carryOut: async (_, key) => {
      await call(`/api/reservations/${reservationId}`, { method: 'DELETE', key });
      return { tone: 'good', text: t('story.cancelled') };
    },
  };
  return (
    <section className={css.head} aria-labelledby="story-of">
      <h2 id="story-of">
        {reservation?.musical ?? (reservationId === null ? t('story.correlation') : t('story.reservation'))}
      </h2>
      <CopyId id={id} whole />
      <dl className={css.facts}>
        {reservation && (
          <>
            <div>
              <dt>{t('story.status')}</dt>
              <dd>
                <Badge tone={TONES[reservation.status]}>{t(`story.statuses.${reservation.status}`)}</Badge>
              </dd>
            </div>
            <div>
              <dt>{t('story.payment')}</dt>
              <dd>{t(`story.payments.${reservation.payment.status}`)}</dd>
            </div>
            <div>
              <dt>{t('story.price')}</dt>
              <dd>
                {won(reservation.price, language)} · {t('seats', { ns: 'common', count: reservation.seats })}
              </dd>
            </div>
            <div>
              <dt>{t('story.performance')}</dt>
              <dd>
                {dayAndClock(reservation.startsAt, language)} · {reservation.venue}
              </dd>
            </div>
          </>
        )}
        {customerId !== null && (
          <div>
            <dt>{t('story.customer')}</dt>
            <dd>
              <Link to={`/admin/reservations?customer=${encodeURIComponent(customerId)}`}>{customerId}</Link>
            </dd>
          </div>
        )}
      </dl>
      <div className={css.foot}>
        {live && (
          <Button kind="danger" onClick={() => setAct(cancel)}>
            {t('story.cancel')}
          </Button>
        )}
        <p>
          {asOf !== null && t('story.asOf', { time: exactClock(asOf, language) })} {t('story.live')}
        </p>
      </div>
      {act && <ActDialog act={act} onClose={() => setAct(undefined)} />}
    </section>
  );
};
