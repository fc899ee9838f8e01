import type { Notice } from '@outerpark/contracts/http/notifications';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortMoment } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Badge, type Tone } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { Table } from '../../ui/Table';
import css from '../Operate.module.css';

const TONES: Record<Notice['status'], Tone> = { pending: 'info', sent: 'good', failed: 'bad', skipped: 'neutral' };

export const NoticeTable = ({ items, onResend }: { items: Notice[]; onResend: (notice: Notice) => void }) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  return (
    <Table
      cards
      captionHidden
      caption={t('notices.caption')}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'notice',
          header: t('notices.notice'),
          cell: ({ kind, channel }: Notice) => (
            <div>
              {t(`notices.kinds.${kind}`)}
              <p className={css.soft}>{t(`notices.channels.${channel}`)}</p>
            </div>
          ),
        },
        {
          key: 'status',
          header: t('notices.status'),
          cell: ({ status, deliveries }) => (
            <div>
              <Badge tone={TONES[status]}>{t(`notices.statuses.${status}`)}</Badge>
              {status !== 'sent' && deliveries.at(-1)?.error && (
                <p className={css.error} lang="en">
                  {deliveries.at(-1)?.error}
                </p>
              )}
            </div>
          ),
        },
        {
          key: 'tries',
          header: t('notices.tries'),
          align: 'end',
          cell: ({ deliveries }) => deliveries.length,
        },
        {
          key: 'created',
          header: t('notices.created'),
          cell: ({ createdAt }) => <time dateTime={createdAt}>{shortMoment(createdAt, language)}</time>,
        },
        {
          key: 'reservation',
          header: t('story.reservation'),
          cell: ({ reservationId }) => (
            <Link to={`/operate/story?id=${reservationId}`}>{reservationId.slice(0, 8)}…</Link>
          ),
        },
        {
          key: 'do',
          header: t('deadLetters.do'),
          cell: (notice) => (
            <div>
              <Button
                kind="secondary"
                aria-label={t('notices.resendOf', {
                  ...{ kind: t(`notices.kinds.${notice.kind}`), id: notice.reservationId.slice(0, 8) },
                })}
                onClick={() => onResend(notice)}
              >
                {t('notices.resend')}
              </Button>
            </div>
          ),
        },
      ]}
    />
  );
};
