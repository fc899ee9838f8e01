import type { Language } from '../i18n/language';

/** An amount of won: `₩150,000` or `150,000원`, as readers of the language write it. */
export const won = (amount: number, language: Language): string =>
  language === 'ko'
    ? `${new Intl.NumberFormat('ko-KR').format(amount)}원`
    : new Intl.NumberFormat('en-US', { style: 'currency', currency: 'KRW' }).format(amount);

export const count = (number: number, language: Language): string => new Intl.NumberFormat(language).format(number);
