import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { count, won } from '../../format/money';
import { preciseClock, shortMoment } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Badge } from '../../ui/Badge';
import { CopyId } from '../../ui/CopyId';
import { useNames } from '../names';
import { plainDetail, type StoryEvent } from './lanes';
import css from './Story.module.css';

interface StoryCardProps {
  event: StoryEvent;
  /** It begins something: the correlation is named and leads to all of it. */
  withCorrelation: boolean;
  withReservation: boolean;
}

const storyAt = (id: string): string => `/operate/story?id=${encodeURIComponent(id)}`;

export const StoryCard = ({ event, withCorrelation, withReservation }: StoryCardProps) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const names = useNames();
  const detailText = useDetailText();
  const { type, service, at, version, correlationId, reservationId, eventId, detail } = event;
  return (
    <article className={css.card} data-service={service}>
      <header>
        <h3>{names.event(type)}</h3>
        <Badge>{names.service(service)}</Badge>
      </header>
      <p className={css.meta}>
        <time dateTime={at} title={at}>
          {preciseClock(at, language)}
        </time>{' '}
        <code>{type}</code> <span title={t('story.versionTitle', { version })}>{t('story.version', { version })}</span>
      </p>
      <dl className={css.detail}>
        {plainDetail(detail).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isId(value) ? <CopyId id={value} /> : detailText(name, value)}</dd>
          </div>
        ))}
      </dl>
      {withReservation && reservationId !== undefined && (
        <Link to={storyAt(reservationId)}>{t('story.of', { id: reservationId.slice(0, 8) })}</Link>
      )}
      {withCorrelation && correlationId !== '' && (
        <Link to={storyAt(correlationId)} title={correlationId}>
          {t('story.sameCorrelation')}
        </Link>
      )}
      <details>
        <summary>{t('story.detail')}</summary>
        <dl className={css.detail}>
          <div>
            <dt>{t('story.eventId')}</dt>
            <dd>
              <CopyId id={eventId} />
            </dd>
          </div>
          {correlationId !== '' && (
            <div>
              <dt>{t('story.correlation')}</dt>
              <dd>
                <CopyId id={correlationId} />
              </dd>
            </div>
          )}
        </dl>
        <pre tabIndex={0}>{JSON.stringify(detail, null, 2)}</pre>
      </details>
    </article>
  );
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

const AMOUNTS = ['price', 'amount', 'refunded'];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A value of an event's detail for people: amounts are won, moments are Seoul's. */
const useDetailText = () => {
  const [language] = useLanguage();
  return (name: string, value: string | number | boolean): string => {
    if (typeof value === 'number') return AMOUNTS.includes(name) ? won(value, language) : count(value, language);
    return typeof value === 'string' && MOMENT.test(value) ? shortMoment(value, language) : String(value);
  };
};
