import { useTranslation } from 'react-i18next';
import type { operate } from '../i18n/en/operate';

/** Words for the names that the API uses; a name that we do not know yet stands for itself. */
export const useNames = () => {
  const { t } = useTranslation('operate');
  return {
    service: (name: string): string => t(`services.${name as keyof typeof operate.services}`, { defaultValue: name }),
    kind: (name: string): string =>
      t(`attention.kinds.${name as keyof typeof operate.attention.kinds}`, { defaultValue: name }),
    event: (type: string): string =>
      t(`story.types.${type as keyof typeof operate.story.types}`, { defaultValue: type }),
    action: (name: string): string => t(`act.${name as 'retry'}`, { defaultValue: name }),
  };
};
