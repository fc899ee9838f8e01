import { useTranslation } from 'react-i18next';
import { count } from '../../format/money';
import { span } from '../../format/span';
import { useLanguage } from '../../i18n/use-language';
import type { Reason } from './health';

/** What is wrong with a process, as the end of a sentence that begins with its name. */
export const useReasonText = () => {
  const { t } = useTranslation('operate');
  const [language] = useLanguage();
  return ({ key, values: { name = '', why, lag = 0, seconds = 0 } }: Reason): string =>
    t(`system.reasons.${key}`, {
      ...{ name, why: why ?? t('system.unknownWhy') },
      ...{ lag: count(lag, language), seconds: span(seconds * 1000, language) },
    });
};
