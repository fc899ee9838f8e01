import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/Badge';
import { supplyOf } from './offer';

const TONES = { soldOut: 'neutral', few: 'warn', free: 'good' } as const;

/** How many seats are free, in words. */
export const Seats = (seats: { free: number; capacity: number }) => {
  const { t } = useTranslation('customer');
  const supply = supplyOf(seats);
  return (
    <Badge tone={TONES[supply]}>
      {supply === 'soldOut' ? t('seats.soldOut') : t(`seats.${supply}`, { count: seats.free })}
    </Badge>
  );
};
