import type { SalesBucket } from '@outerpark/contracts/http/sales';
import { count, won } from '../../format/money';
import { clock, day, shortDay, shortMoment } from '../../format/time';
import { useLanguage } from '../../i18n/use-language';
import type { Measure, SalesView } from './sales-view';

/** How hours, days and measures are written. */
export const useSalesTexts = (by: SalesView['by']) => {
  const [language] = useLanguage();
  return {
    when: ({ from }: Pick<SalesBucket, 'from'>): string =>
      by === 'day' ? day(from, language) : shortMoment(from, language),
    /** Under a bar: by the hour the day is told once, where it begins. */
    mark: ({ from }: Pick<SalesBucket, 'from'>, daysOnly: boolean): string =>
      by === 'day' || daysOnly ? shortDay(from, language) : clock(from, language),
    value: (number: number, measure: Measure): string =>
      measure === 'amount' ? won(number, language) : count(number, language),
    /** On the scale, where there is little room: `₩4.5M`, `450만` */
    short: (number: number): string =>
      new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(number),
  };
};
