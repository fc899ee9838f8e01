import type { ReactNode } from 'react';
import css from './States.module.css';

/** Says that there is nothing, and what to do about it. */
export const EmptyState = ({ title, text, action }: { title?: string; text: string; action?: ReactNode }) => (
  <div className={css.state}>
    {title && <h2>{title}</h2>}
    <p>{text}</p>
    {action && <div className={css.actions}>{action}</div>}
  </div>
);
