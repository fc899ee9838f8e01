import { useTranslation } from 'react-i18next';
import { PageTitle } from '../app/PageTitle';
import { addTexts } from '../i18n/add-texts';
import { operate as en } from '../i18n/en/operate';
import { operate as ko } from '../i18n/ko/operate';

addTexts('operate', { en, ko });

export default function OperateArea() {
  const { t } = useTranslation('operate');
  return <PageTitle>{t('title')}</PageTitle>;
}
