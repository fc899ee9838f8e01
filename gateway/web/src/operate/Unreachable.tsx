import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/Notice';

/** Whom the gateway could not ask: without them a list is not whole. */
export const Unreachable = ({ names }: { names: string[] }) => {
  const { t } = useTranslation('operate');
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return null;
  return (
    <Notice tone="warn" urgent={false}>
      {t('unreachable', { names: distinct.join(', ') })}
    </Notice>
  );
};
