import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { PageTitle } from './PageTitle';

export const NotFoundPage = () => {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle>{t('notFound.title')}</PageTitle>
      <EmptyState text={t('notFound.text')} action={<ButtonLink to="/">{t('notFound.home')}</ButtonLink>} />
    </>
  );
};
