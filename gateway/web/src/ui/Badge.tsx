import type { ReactNode } from 'react';
import css from './Badge.module.css';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

/** A state in one or two words. The words carry the meaning, the colour only helps. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`${css.badge} ${css[tone]}`}>{children}</span>
);
