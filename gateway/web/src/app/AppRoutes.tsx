import { Route, Routes } from 'react-router';
import { MusicalsPage } from '../customer/musicals/MusicalsPage';
import { Layout } from './Layout';
import { lazyPage } from './lazy-page';
import { NotFoundPage } from './NotFoundPage';
import { RequireRole } from './RequireRole';
import { SignInFailedPage } from './SignInFailedPage';

// Only what the first visitor needs is in the first load.
const MusicalPage = lazyPage(() => import('../customer/musicals/MusicalPage'));
const ReservePage = lazyPage(() => import('../customer/reserve/ReservePage'));
const MyPage = lazyPage(() => import('../customer/mypage/MyPage'));
const AdminArea = lazyPage(() => import('../admin/AdminArea'));
const OperateArea = lazyPage(() => import('../operate/OperateArea'));

export const AppRoutes = () => (
  <Routes>
    <Route element={<Layout />}>
      <Route index element={<MusicalsPage />} />
      <Route path="musicals/:musicalId" element={<MusicalPage />} />
      <Route path="musicals/:musicalId/reserve/:performanceId" element={<ReservePage />} />
      <Route element={<RequireRole />}>
        <Route path="mypage" element={<MyPage />} />
      </Route>
      <Route element={<RequireRole role="admin" />}>
        <Route path="admin/*" element={<AdminArea />} />
        <Route path="operate/*" element={<OperateArea />} />
      </Route>
      <Route path="sign-in-failed" element={<SignInFailedPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Route>
  </Routes>
);
