import type { ReactNode } from 'react';
import type { Tone } from './Badge';
import css from './Notice.module.css';

interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: ReactNode;
  /** Said at once by screen readers, even into other speech. */
  urgent?: boolean;
}

/** Something to know before going on. */
export const Notice = ({ tone, title, children, urgent = true }: NoticeProps) => (
  <div className={`${css.notice} ${css[tone]}`} role={urgent ? 'alert' : 'status'}>
    {title && <strong>{title}</strong>}
    {children}
  </div>
);
