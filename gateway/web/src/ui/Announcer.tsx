import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import type { Tone } from './Badge';
import css from './Announcer.module.css';

type Announce = (text: string, tone?: Tone) => void;

const Announcing = createContext<Announce>(() => undefined);

const SHOWN_MS = 6000;

/** `useAnnounce()` shows a short message for some seconds, and screen readers say it. */
export const useAnnounce = (): Announce => useContext(Announcing);

export const Announcer = ({ children }: { children: ReactNode }) => {
  const [messages, setMessages] = useState<{ id: number; text: string; tone: Tone }[]>([]);
  const last = useRef(0);
  const announce = useCallback<Announce>((text, tone = 'neutral') => {
    const id = ++last.current;
    setMessages((shown) => [...shown.filter((message) => message.text !== text), { id, text, tone }]);
    setTimeout(() => setMessages((shown) => shown.filter((message) => message.id !== id)), SHOWN_MS);
  }, []);
  return (
    <Announcing value={announce}>
      {children}
      <div role="status" aria-live="polite" className={css.messages}>
        {messages.map(({ id, text, tone }) => (
          <p key={id} className={`${css.message} ${css[tone]}`}>
            {text}
          </p>
        ))}
      </div>
    </Announcing>
  );
};
