import { useEffect, useId, useRef, type ReactNode } from 'react';
import css from './Dialog.module.css';

interface DialogProps {
  title: string;
  /** Escape and the buttons of the caller. */
  onClose: () => void;
  children: ReactNode;
  /** The buttons, the safe one first: it has the focus at the start. */
  actions: ReactNode;
}

/** Shown while it is rendered. The browser keeps the focus inside and gives it back afterwards. */
export const Dialog = ({ title, onClose, children, actions }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      <div className={css.body}>{children}</div>
      <div className={css.actions}>{actions}</div>
    </dialog>
  );
};
