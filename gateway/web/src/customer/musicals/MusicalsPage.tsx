import { useTranslation } from 'react-i18next';
import { PageTitle } from '../../app/PageTitle';

export const MusicalsPage = () => {
  const { t } = useTranslation('customer');
  return <PageTitle>{t('title')}</PageTitle>;
};
