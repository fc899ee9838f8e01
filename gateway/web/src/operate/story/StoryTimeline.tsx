import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { span } from '../../format/span';
import { useLanguage } from '../../i18n/use-language';
import { useNames } from '../names';
import { StoryCard } from './StoryCard';
import { storyOf, type StoryEvent } from './lanes';
import css from './Story.module.css';

/** A pause that a person would ask about. */
const LONG_MS = 10_000;

/** Events downwards in order of time, each in the lane of its service; on a narrow screen under each other. */
interface StoryTimelineProps {
  events: StoryEvent[];
  ofReservation: boolean;
  /** These are the first of them. */
  more: boolean;
}

export const StoryTimeline = ({ events, ofReservation, more }: StoryTimelineProps) => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  const names = useNames();
  const { lanes, rows, took } = storyOf(events);
  const summary = t('story.summary', {
    events: t('story.events', { count: rows.length }),
    span: span(took, language),
  });
  return (
    <section aria-labelledby="story-lanes">
      <h2 id="story-lanes">{t('story.lanes')}</h2>
      <p className={css.summary} role="status">
        {summary} {more && t('story.more')}
      </p>
      <div className={css.timeline} style={{ '--lanes': lanes.length } as CSSProperties}>
        <div className={css.lanes} aria-hidden>
          <span />
          {lanes.map((lane) => (
            <span key={lane}>{names.service(lane)}</span>
          ))}
        </div>
        <ol>
          {rows.map(({ event, lane, after, newCorrelation }, index) => (
            <li key={event.eventId} style={{ '--lane': lane + 2 } as CSSProperties}>
              <p className={css.after} data-long={after >= LONG_MS || undefined}>
                {index === 0 ? t('story.start') : t('story.after', { span: span(after, language) })}
              </p>
              <StoryCard
                event={event}
                withCorrelation={ofReservation && newCorrelation}
                withReservation={!ofReservation}
              />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
};
