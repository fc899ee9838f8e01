import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import type { Tone } from './Badge';
import css from './Announcer.module.css';

/** `spoken`: for screen readers only, when the page shows it anyway. */
type Manner = Tone | 'spoken';
type Announce = (text: string, manner?: Manner) => void;

const Announcing = createContext<Announce>(() => undefined);

const SHOWN_MS = 6000;

/** `useAnnounce()` shows a short message for some seconds, and screen readers say it. */
export const useAnnounce = (): Announce => useContext(Announcing);

export const Announcer = ({ children }: { children: ReactNode }) => {
  const [messages, setMessages] = useState<{ id: number; text: string; manner: Manner }[]>([]);
  const last = useRef(0);
  const announce = useCallback<Announce>((text, manner = 'neutral') => {
    const id = ++last.current;
    setMessages((shown) => [...shown.filter((message) => message.text !== text), { id, text, manner }]);
    setTimeout(() => setMessages((shown) => shown.filter((message) => message.id !== id)), SHOWN_MS);
  }, []);
  return (
    <Announcing value={announce}>
      {children}
      <div role="status" aria-live="polite" className={css.messages}>
        {messages.map(({ id, text, manner }) => (
          <p key={id} className={manner === 'spoken' ? 'visually-hidden' : `${css.message} ${css[manner]}`}>
            {text}
          </p>
        ))}
      </div>
    </Announcing>
  );
};
