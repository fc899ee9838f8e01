import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

/**
 * The one heading of a page. It names the page in the tab, and takes the focus when the page was reached by a link inside: a
 * screen reader then begins with it.
 */
export const PageTitle = ({ children, hidden = false }: { children: string; hidden?: boolean }) => {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<string>(null);
  const { key, pathname } = useLocation();
  const how = useNavigationType();

  useEffect(() => {
    document.title = `${children} · ${t('brand')}`;
  }, [children, t]);

  useEffect(() => {
    // A filter in the address is the same page: who sets it stays where they are.
    const samePage = shown.current === pathname;
    shown.current = pathname;
    if (key === 'default' || samePage) return;
    heading.current?.focus({ preventScroll: true });
    if (how !== NavigationType.Pop) window.scrollTo(0, 0);
  }, [key, pathname, how]);

  return (
    <h1 ref={heading} tabIndex={-1} className={hidden ? 'visually-hidden' : undefined}>
      {children}
    </h1>
  );
};
