import type { AdminReservation, ReservationStatus } from '@outerpark/contracts/http/reservations';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { count, won } from '../../format/money';
import { dayAndClock, shortMoment } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Badge, type Tone } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { CopyId } from '../../ui/CopyId';
import { Table } from '../../ui/Table';
import css from '../Admin.module.css';

const TONES: Record<ReservationStatus, Tone> = {
  awaiting_payment: 'warn',
  confirmed: 'good',
  cancelled: 'neutral',
  expired: 'neutral',
};

interface ReservationTableProps {
  items: AdminReservation[];
  onCustomer: (customerId: string) => void;
}

export const ReservationTable = ({ items, onCustomer }: ReservationTableProps) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  return (
    <Table
      cards
      captionHidden
      caption={t('reservations.caption')}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'musical',
          header: t('musical'),
          cell: ({ musical, startsAt, venue }: AdminReservation) => (
            <div>
              {musical}
              <p className={css.soft}>
                {dayAndClock(startsAt, language)} · {venue}
              </p>
            </div>
          ),
        },
        {
          key: 'status',
          header: t('reservations.status'),
          cell: ({ status }) => (
            <div>
              <Badge tone={TONES[status]}>{t(`reservations.statuses.${status}`)}</Badge>
            </div>
          ),
        },
        {
          key: 'seats',
          header: t('reservations.seats'),
          align: 'end',
          cell: ({ seats, lines }) => (
            <span title={lines.map((line) => `${line.grade} × ${line.seats}`).join(', ')}>
              {count(seats, language)}
            </span>
          ),
        },
        { key: 'price', header: t('reservations.price'), align: 'end', cell: ({ price }) => won(price, language) },
        {
          key: 'customer',
          header: t('reservations.customer'),
          cell: ({ customerId }) => (
            <div>
              <Button
                kind="quiet"
                className={css.inline}
                aria-label={t('reservations.ofCustomer', { customer: customerId })}
                onClick={() => onCustomer(customerId)}
              >
                {customerId}
              </Button>
            </div>
          ),
        },
        {
          key: 'created',
          header: t('reservations.createdAt'),
          cell: ({ createdAt }) => (
            <time dateTime={createdAt} className={css.line}>
              {shortMoment(createdAt, language)}
            </time>
          ),
        },
        {
          key: 'id',
          header: t('reservations.reservation'),
          cell: ({ id }) => (
            <div>
              <CopyId id={id} />{' '}
              <Link to={`/operate/story?id=${id}`} aria-label={t('reservations.storyOf', { id })}>
                {t('reservations.story')}
              </Link>
            </div>
          ),
        },
      ]}
    />
  );
};
