import { useTranslation } from 'react-i18next';
import { PageTitle } from '../app/PageTitle';
import { addTexts } from '../i18n/add-texts';
import { admin as en } from '../i18n/en/admin';
import { admin as ko } from '../i18n/ko/admin';

addTexts('admin', { en, ko });

export default function AdminArea() {
  const { t } = useTranslation('admin');
  return <PageTitle>{t('title')}</PageTitle>;
}
