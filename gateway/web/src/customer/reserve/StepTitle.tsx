import { useEffect, useRef, useState } from 'react';

interface StepTitleProps {
  children: string;
  /** The step was reached by the one before: its heading takes the focus, so that a screen reader goes on there. */
  focus: boolean;
}

export const StepTitle = ({ children, focus }: StepTitleProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  const [atStart] = useState(focus);
  useEffect(() => {
    if (atStart) heading.current?.focus();
  }, [atStart]);
  return (
    <h2 ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
};
