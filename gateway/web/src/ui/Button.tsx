import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from 'react';
import { Link } from 'react-router';
import css from './Button.module.css';

type Kind = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  /** Under way: it stays focusable and says so, and does nothing more. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

const classes = (kind: Kind, more?: string) => [css.button, css[kind], more].filter(Boolean).join(' ');

export const Button = ({ kind = 'primary', busy = false, className, onClick, ...props }: ButtonProps) => (
  <button
    type="button"
    {...props}
    className={classes(kind, className)}
    aria-busy={busy || undefined}
    aria-disabled={busy || undefined}
    onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
  />
);

interface ButtonLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  kind?: Kind;
  /** A page of ours; `href` for what needs a whole page load. */
  to?: string;
}

export const ButtonLink = ({ kind = 'primary', to, className, ...props }: ButtonLinkProps) =>
  to === undefined ? (
    <a {...props} className={classes(kind, className)} />
  ) : (
    <Link {...props} to={to} className={classes(kind, className)} />
  );
