import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';

/** A link of our pages that was followed while something is unsaved. */
export interface Leaving {
  /** Where it leads, null while nobody wants to leave. */
  to: string | null;
  stay: () => void;
  leave: () => void;
}

/** While `active`, asks before a link, a reload or a closed tab takes away what is not saved. */
export const useLeaveGuard = (active: boolean): Leaving => {
  const navigate = useNavigate();
  const [to, setTo] = useState<string | null>(null);

  useEffect(() => {
    if (!active) return;
    const onClick = (event: MouseEvent) => {
      const address = ownAddress(event);
      if (address === null) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(address);
    };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // Before React's own listeners: the router's links must not see it.
    document.addEventListener('click', onClick, { capture: true });
    window.addEventListener('beforeunload', onUnload);
    return () => {
      document.removeEventListener('click', onClick, { capture: true });
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [active]);

  return { to, stay: () => setTo(null), leave: () => to !== null && void navigate(to) };
};

/** The address of another page of ours that a click leads to in this tab. */
const ownAddress = (event: MouseEvent): string | null => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== window.location.origin) return null;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  return link.pathname === window.location.pathname ? null : link.pathname + link.search + link.hash;
};
