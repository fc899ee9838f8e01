import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import css from './Layout.module.css';

const subscribe = (told: () => void) => onlineManager.subscribe(told);

/** Shown on every page while this device has no network. */
export const OfflineNotice = () => {
  const { t } = useTranslation();
  const online = useSyncExternalStore(subscribe, () => onlineManager.isOnline());
  return (
    <div role="status" className={css.offline}>
      {!online && <p>{t('errors.offline')}</p>}
    </div>
  );
};
