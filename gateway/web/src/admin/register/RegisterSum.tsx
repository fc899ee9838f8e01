import { useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { won } from '../../format/money';
import { useLanguage } from '../../i18n/use-language';
import css from './Register.module.css';
import { sumOf, type MusicalForm } from './request';

/** What is about to be registered, in one line. */
export const RegisterSum = () => {
  const { t } = useTranslation('admin');
  const [language] = useLanguage();
  const { performances, seats, amount } = sumOf(useWatch<MusicalForm>() as MusicalForm);
  return (
    <p className={css.sum}>
      {t('register.sum', {
        seats: t('seats', { ns: 'common', count: seats }),
        performances: t('register.performances', { count: performances }),
        amount: won(amount, language),
      })}
    </p>
  );
};
