import i18next from 'i18next';
import type { Language } from './language';

/** For a lazy area, at the top of its first file: `addTexts('admin', { en, ko })`. */
export const addTexts = (area: 'admin' | 'operate', texts: Record<Language, object>): void => {
  for (const [language, text] of Object.entries(texts)) i18next.addResourceBundle(language, area, text);
};
