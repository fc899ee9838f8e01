import { useTranslation } from 'react-i18next';
import { bestLanguage, rememberLanguage, type Language } from './language';

/** The language of the page, and how to choose another, which is remembered on this device. */
export const useLanguage = (): [Language, (language: Language) => void] => {
  const { i18n } = useTranslation();
  const choose = (language: Language) => {
    rememberLanguage(language);
    void i18n.changeLanguage(language);
  };
  return [bestLanguage([i18n.language]), choose];
};
