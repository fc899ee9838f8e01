import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';
import css from './Field.module.css';

interface About {
  label: string;
  hint?: string;
  /** What is wrong with the value; said to screen readers when it appears. */
  error?: string;
}

const describedBy = (id: string, { hint, error }: About) =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;

const Around = ({ id, label, hint, error, children }: About & { id: string; children: ReactNode }) => (
  <div className={css.field}>
    <label htmlFor={id}>{label}</label>
    {children}
    {hint && (
      <p id={`${id}-hint`} className={css.hint}>
        {hint}
      </p>
    )}
    {error && (
      <p id={`${id}-error`} className={css.error} role="alert">
        {error}
      </p>
    )}
  </div>
);

type FieldProps = About & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };

/** A labelled input: `<Field label="Name" error={errors.name?.message} {...register('name')} />` */
export const Field = ({ label, hint, error, ...props }: FieldProps) => {
  const id = useId();
  const about = { label, hint, error };
  return (
    <Around id={id} {...about}>
      <input
        {...props}
        id={id}
        className={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, about)}
      />
    </Around>
  );
};

type SelectProps = About & SelectHTMLAttributes<HTMLSelectElement> & { ref?: Ref<HTMLSelectElement> };

export const SelectField = ({ label, hint, error, ...props }: SelectProps) => {
  const id = useId();
  const about = { label, hint, error };
  return (
    <Around id={id} {...about}>
      <select
        {...props}
        id={id}
        className={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, about)}
      />
    </Around>
  );
};

type TextProps = About & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> };

/** For some sentences. */
export const TextField = ({ label, hint, error, ...props }: TextProps) => {
  const id = useId();
  const about = { label, hint, error };
  return (
    <Around id={id} {...about}>
      <textarea
        {...props}
        id={id}
        className={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, about)}
      />
    </Around>
  );
};
