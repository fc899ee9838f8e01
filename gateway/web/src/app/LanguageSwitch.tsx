import { useTranslation } from 'react-i18next';
import { languages } from '../i18n/language';
import { useLanguage } from '../i18n/use-language';
import css from './Layout.module.css';

export const LanguageSwitch = () => {
  const { t } = useTranslation();
  const [current, choose] = useLanguage();
  return (
    <div role="group" aria-label={t('language.label')} className={css.languages}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === current}
          onClick={() => choose(language)}
        >
          {language === 'ko' ? '한' : 'EN'}
          <span className="visually-hidden"> {t(`language.${language}`)}</span>
        </button>
      ))}
    </div>
  );
};
