import { useTranslation } from 'react-i18next';
import { span } from '../format/span';
import { dayAndClock } from '../format/time';
import { useNow } from '../format/use-now';
import { useLanguage } from '../i18n/use-language';

/** How long ago it was, the moment itself on hover. */
export const Ago = ({ at }: { at: string }) => {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const passed = Math.max(0, useNow(10_000) - Date.parse(at));
  return (
    <time dateTime={at} title={dayAndClock(at, language)}>
      {t('ago', { span: span(passed, language) })}
    </time>
  );
};
