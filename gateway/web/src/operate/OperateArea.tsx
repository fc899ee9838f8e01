import { useTranslation } from 'react-i18next';
import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../app/NotFoundPage';
import { addTexts } from '../i18n/add-texts';
import { operate as en } from '../i18n/en/operate';
import { operate as ko } from '../i18n/ko/operate';
import { AreaNav } from '../ui/AreaNav';
import { ActionsPage } from './actions/ActionsPage';
import { AttentionPage } from './attention/AttentionPage';
import { DeadLettersPage } from './dead-letters/DeadLettersPage';
import { NoticesPage } from './notices/NoticesPage';
import { StoryPage } from './story/StoryPage';
import { SystemPage } from './system/SystemPage';

addTexts('operate', { en, ko });

export default function OperateArea() {
  const { t } = useTranslation('operate');
  return (
    <>
      <AreaNav
        label={t('nav.label')}
        links={[
          { to: '/operate', text: t('nav.system'), end: true },
          { to: '/operate/attention', text: t('nav.attention') },
          { to: '/operate/dead-letters', text: t('nav.deadLetters') },
          { to: '/operate/story', text: t('nav.story') },
          { to: '/operate/notices', text: t('nav.notices') },
          { to: '/operate/actions', text: t('nav.actions') },
        ]}
      />
      <Routes>
        <Route index element={<SystemPage />} />
        <Route path="attention" element={<AttentionPage />} />
        <Route path="dead-letters" element={<DeadLettersPage />} />
        <Route path="story" element={<StoryPage />} />
        <Route path="notices" element={<NoticesPage />} />
        <Route path="actions" element={<ActionsPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </>
  );
}
