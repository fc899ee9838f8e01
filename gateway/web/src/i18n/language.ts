export const languages = ['ko', 'en'] as const;
export type Language = (typeof languages)[number];

const REMEMBERED = 'outerpark.language';

/** The first of the wanted languages (BCP 47 tags, best first) that we have, else English. */
export const bestLanguage = (wanted: readonly string[]): Language => {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
};

/** What was chosen by hand before, else the browser's. */
export const startLanguage = (): Language => {
  const remembered = localStorage.getItem(REMEMBERED);
  return bestLanguage(remembered ? [remembered] : navigator.languages);
};

export const rememberLanguage = (language: Language): void => localStorage.setItem(REMEMBERED, language);
