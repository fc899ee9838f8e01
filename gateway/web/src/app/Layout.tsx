import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { useIsAdmin } from '../api/session';
import { Loading } from '../ui/Loading';
import mark from '../ui/mark.svg';
import { ErrorBoundary } from './ErrorBoundary';
import { LanguageSwitch } from './LanguageSwitch';
import css from './Layout.module.css';
import { OfflineNotice } from './OfflineNotice';
import { SignedIn } from './SignedIn';

export const Layout = () => {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const { pathname } = useLocation();
  return (
    <div className={css.page}>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <header className={css.header}>
        <div className={css.bar}>
          <Link to="/" className={css.brand}>
            <img src={mark} alt="" width={28} height={28} />
            {t('brand')}
          </Link>
          <nav aria-label={t('nav.label')} className={css.nav}>
            <NavLink to="/" end>
              {t('nav.musicals')}
            </NavLink>
            <NavLink to="/mypage">{t('nav.mypage')}</NavLink>
            {isAdmin && <NavLink to="/admin">{t('nav.admin')}</NavLink>}
            {isAdmin && <NavLink to="/operate">{t('nav.operate')}</NavLink>}
          </nav>
          <div className={css.who}>
            <LanguageSwitch />
            <SignedIn />
          </div>
        </div>
        <OfflineNotice />
      </header>
      <main id="content" tabIndex={-1} className={css.main}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <footer className={css.footer}>{t('footer')}</footer>
    </div>
  );
};
