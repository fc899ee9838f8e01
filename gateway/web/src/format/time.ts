import type { Language } from '../i18n/language';

/** Where the venues are. The API names no zone; an evening performance is an evening there, wherever the reader is. */
export const VENUE_ZONE = 'Asia/Seoul';

const format = (moment: string | Date, language: Language, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(language, { timeZone: VENUE_ZONE, ...options }).format(new Date(moment));

/** Sat, May 1, 2099 */
export const day = (moment: string, language: Language): string =>
  format(moment, language, { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' });

/** Dec 25 – 27, 2026: from a day to another one, or the day alone. */
export const days = (from: string, to: string, language: Language): string =>
  new Intl.DateTimeFormat(language, {
    timeZone: VENUE_ZONE,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  }).formatRange(new Date(from), new Date(to));

/** 7:30 PM */
export const clock = (moment: string | Date, language: Language): string =>
  format(moment, language, { hour: 'numeric', minute: '2-digit' });

/** 7:30:15 PM, for what happened in the last minutes. */
export const exactClock = (moment: string | Date, language: Language): string =>
  format(moment, language, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** Sat, May 1, 2099, 7:30 PM */
export const dayAndClock = (moment: string, language: Language): string =>
  format(moment, language, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });

/** May 1, 7:30 PM: without the year, for what is about now. */
export const shortMoment = (moment: string, language: Language): string =>
  format(moment, language, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });

/** May 1: the day alone, where many of them stand beside each other. */
export const shortDay = (moment: string, language: Language): string =>
  format(moment, language, { month: 'short', day: 'numeric' });

/** 19:30:15.042, for what happened within a second. */
export const preciseClock = (moment: string, language: Language): string =>
  format(moment, language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
