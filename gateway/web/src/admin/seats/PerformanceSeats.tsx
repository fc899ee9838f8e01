import type { GradeSeats } from '@outerpark/contracts/http/musicals';
import type { WaitingRoom } from '@outerpark/contracts/http/waiting-rooms';
import { useTranslation } from 'react-i18next';
import { count, won } from '../../format/money';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { Button } from '../../ui/Button';
import { Table } from '../../ui/Table';
import type { PerformanceOfGrades } from './performances';
import { SeatBar } from './SeatBar';
import css from './Seats.module.css';
import { WaitingRoomSwitch } from './WaitingRoomSwitch';

interface PerformanceSeatsProps {
  performance: PerformanceOfGrades;
  /** Undefined while it is not known. */
  room: WaitingRoom | undefined;
  /** A grade is to have another capacity. */
  onChange: (grade: GradeSeats) => void;
}

export const PerformanceSeats = ({ performance, room, onChange }: PerformanceSeatsProps) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const { performanceId, startsAt, venue, grades } = performance;
  const when = dayAndClock(startsAt, language);
  return (
    <section className={css.performance} aria-labelledby={performanceId}>
      <header>
        <h2 id={performanceId}>{when}</h2>
        <p>{venue}</p>
      </header>
      <ul className={css.grades}>
        {grades.map((grade) => (
          <li key={grade.gradeId}>
            <p className={css.grade}>
              <strong>{grade.grade}</strong>
              <span>{won(grade.price, language)}</span>
            </p>
            <SeatBar seats={grade} />
            <Button
              kind="secondary"
              aria-label={t('capacity.changeOf', { grade: grade.grade, performance: when })}
              onClick={() => onChange(grade)}
            >
              {t('capacity.change')}
            </Button>
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('asTable', { ns: 'common' })}</summary>
        <Table
          captionHidden
          caption={t('seats.table', { performance: when })}
          rows={grades}
          rowKey={({ gradeId }) => gradeId}
          columns={[
            { key: 'grade', header: t('seats.grade'), cell: ({ grade }: GradeSeats) => grade },
            { key: 'price', header: t('seats.price'), align: 'end', cell: ({ price }) => won(price, language) },
            ...(['sold', 'held', 'free', 'capacity'] as const).map((kind) => ({
              key: kind,
              header: t(`seats.${kind}`),
              align: 'end' as const,
              cell: (grade: GradeSeats) => count(grade[kind], language),
            })),
          ]}
        />
      </details>
      {room && <WaitingRoomSwitch room={room} performance={when} />}
    </section>
  );
};
