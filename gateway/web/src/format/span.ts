import type { Language } from '../i18n/language';

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/** A length of time in its largest unit, as it is read at a glance: `416 ms`, `3.2 sec`, `12 min`, `5 days`. */
export const span = (milliseconds: number, language: Language): string => {
  const length = Math.abs(milliseconds);
  const { unit, ms } = UNITS.find((one) => length >= one.ms) ?? { unit: 'millisecond' as const, ms: 1 };
  const value = length / ms;
  const maximumFractionDigits = unit === 'second' && value < 10 ? 1 : 0;
  const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits, roundingMode: 'floor' } as const;
  return new Intl.NumberFormat(language, format).format(value);
};
