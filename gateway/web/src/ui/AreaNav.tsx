import { useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import css from './AreaNav.module.css';

interface AreaNavProps {
  label: string;
  /** `end`: it is not the current one on the pages below it. */
  links: { to: string; text: string; end?: boolean }[];
}

/** The pages of an area, under the main navigation. */
export const AreaNav = ({ label, links }: AreaNavProps) => {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    // Where the screen is narrow, the current one may lie outside.
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && current) nav.current.scrollLeft = current.offsetLeft - nav.current.offsetLeft - 16;
  }, [pathname]);
  return (
    <nav ref={nav} aria-label={label} className={css.nav}>
      {links.map(({ to, text, end }) => (
        <NavLink key={to} to={to} end={end}>
          {text}
        </NavLink>
      ))}
    </nav>
  );
};
