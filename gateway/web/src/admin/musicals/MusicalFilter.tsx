import { useTranslation } from 'react-i18next';
import { dayAndClock } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import { SelectField } from '../../ui/Field';
import { useMusicals } from './use-musicals';

interface MusicalFilterProps {
  /** Empty: all of them. */
  musicalId: string;
  performanceId: string;
  onChange: (chosen: { musicalId: string; performanceId: string }) => void;
}

/** One musical or all, and one performance of it or all. */
export const MusicalFilter = ({ musicalId, performanceId, onChange }: MusicalFilterProps) => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const musicals = useMusicals();
  const performances = musicals.find(({ id }) => id === musicalId)?.performances ?? [];
  return (
    <>
      <SelectField
        label={t('musical')}
        value={musicalId}
        onChange={({ target }) => onChange({ musicalId: target.value, performanceId: '' })}
      >
        <option value="">{t('allMusicals')}</option>
        {musicals.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {musicalId !== '' && performances.length === 0 && <option value={musicalId}>{musicalId}</option>}
      </SelectField>
      <SelectField
        label={t('performance')}
        value={performanceId}
        disabled={musicalId === ''}
        onChange={({ target }) => onChange({ musicalId, performanceId: target.value })}
      >
        <option value="">{t('allPerformances')}</option>
        {performances.map(({ id, startsAt }) => (
          <option key={id} value={id}>
            {dayAndClock(startsAt, language)}
          </option>
        ))}
      </SelectField>
    </>
  );
};
