import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/Field';
import type { MusicalForm } from './request';
import { useFault } from './resolver';

export const NameField = () => {
  const { t } = useTranslation('admin');
  const { register } = useFormContext<MusicalForm>();
  const fault = useFault();
  return (
    <Field
      label={t('register.name')}
      error={fault('name')}
      required
      autoComplete="off"
      maxLength={400}
      {...register('name')}
    />
  );
};
