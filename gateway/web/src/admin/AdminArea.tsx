// Before the contracts, whose schemas are made when they are loaded.
import './zod-without-eval';
import { useTranslation } from 'react-i18next';
import { Navigate, Route, Routes } from 'react-router';
import { NotFoundPage } from '../app/NotFoundPage';
import { addTexts } from '../i18n/add-texts';
import { admin as en } from '../i18n/en/admin';
import { admin as ko } from '../i18n/ko/admin';
import { AreaNav } from '../ui/AreaNav';
import { MusicalListPage } from './musicals/MusicalListPage';
import { RegisterPage } from './register/RegisterPage';
import { ReservationsPage } from './reservations/ReservationsPage';
import { SalesPage } from './sales/SalesPage';
import { SeatsPage } from './seats/SeatsPage';

addTexts('admin', { en, ko });

export default function AdminArea() {
  const { t } = useTranslation('admin');
  return (
    <>
      <AreaNav
        label={t('nav.label')}
        links={[
          { to: '/admin/musicals', text: t('nav.musicals') },
          { to: '/admin/sales', text: t('nav.sales') },
          { to: '/admin/reservations', text: t('nav.reservations') },
        ]}
      />
      <Routes>
        <Route index element={<Navigate to="/admin/musicals" replace />} />
        <Route path="musicals" element={<MusicalListPage />} />
        <Route path="musicals/new" element={<RegisterPage />} />
        <Route path="musicals/:id" element={<SeatsPage />} />
        <Route path="sales" element={<SalesPage />} />
        <Route path="reservations" element={<ReservationsPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </>
  );
}
