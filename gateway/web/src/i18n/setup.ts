import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { common as commonEn } from './en/common';
import { customer as customerEn } from './en/customer';
import { common as commonKo } from './ko/common';
import { customer as customerKo } from './ko/customer';
import { startLanguage } from './language';

/** Texts of the first load. A lazy area brings its own: see add-texts.ts. */
export const startTexts = async (): Promise<void> => {
  i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
  await i18next.use(initReactI18next).init({
    lng: startLanguage(),
    fallbackLng: 'en',
    defaultNS: 'common',
    ns: ['common', 'customer'],
    resources: { en: { common: commonEn, customer: customerEn }, ko: { common: commonKo, customer: customerKo } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
};
