import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button';
import { Field, SelectField } from '../../ui/Field';
import css from '../Admin.module.css';
import { MusicalFilter } from '../musicals/MusicalFilter';
import { MOST_CHARACTERS, STATUSES, type Filters } from './filters';

/** What is chosen counts at once; what is written counts with Enter or the button. */
export const FilterForm = ({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
}) => {
  const { t } = useTranslation('admin');
  return (
    <form
      role="search"
      aria-label={t('reservations.filters')}
      // What the address says is what stands in the fields, also after Back.
      key={`${filters.q}\n${filters.customerId}`}
      className={css.stack}
      onSubmit={(event) => {
        event.preventDefault();
        const written = new FormData(event.currentTarget);
        onChange({ q: textOf(written.get('q')), customerId: textOf(written.get('customerId')) });
      }}
    >
      <div className={css.search}>
        <Field
          type="search"
          label={t('reservations.q')}
          hint={t('reservations.qHint')}
          name="q"
          defaultValue={filters.q}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
        />
        <Button type="submit">{t('reservations.submit')}</Button>
      </div>
      <div className={css.filters}>
        <SelectField
          label={t('reservations.status')}
          value={filters.status}
          onChange={({ target }) => onChange({ status: target.value as Filters['status'] })}
        >
          <option value="">{t('reservations.anyStatus')}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`reservations.statuses.${status}`)}
            </option>
          ))}
        </SelectField>
        <MusicalFilter musicalId={filters.musicalId} performanceId={filters.performanceId} onChange={onChange} />
        <Field
          label={t('reservations.customer')}
          name="customerId"
          defaultValue={filters.customerId}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
    </form>
  );
};

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '');
