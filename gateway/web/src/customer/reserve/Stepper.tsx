import { useTranslation } from 'react-i18next';
import css from './Reserve.module.css';

interface StepperProps {
  grade: string;
  seats: number;
  /** More are not offered; a choice that is above it already stays, and may only shrink. */
  most: number;
  onChange: (seats: number) => void;
}

/** A number of seats, by buttons or by typing. */
export const Stepper = ({ grade, seats, most, onChange }: StepperProps) => {
  const { t } = useTranslation('customer');
  return (
    <div className={css.stepper}>
      <button
        type="button"
        aria-label={t('choose.fewer', { grade })}
        disabled={seats <= 0}
        onClick={() => onChange(seats - 1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={t('choose.seatsOf', { grade })}
        min={0}
        max={Math.max(most, seats)}
        value={seats}
        onFocus={(event) => event.target.select()}
        onChange={({ target }) =>
          onChange(Math.max(0, Math.min(Math.max(most, 0), Math.trunc(Number(target.value) || 0))))
        }
      />
      <button
        type="button"
        aria-label={t('choose.more', { grade })}
        disabled={seats >= most}
        onClick={() => onChange(seats + 1)}
      >
        +
      </button>
    </div>
  );
};
