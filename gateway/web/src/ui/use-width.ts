import { useEffect, useRef, useState, type RefObject } from 'react';

/** The width of an element in whole pixels, 0 before it is known; told again when it changes. */
export const useWidth = <E extends Element>(): [RefObject<E | null>, number] => {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
};
