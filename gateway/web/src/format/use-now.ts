import { useEffect, useState } from 'react';
import { present } from './present';

/** The present in milliseconds since 1970, told again every `every` milliseconds. */
export const useNow = (every = 1000): number => {
  const [now, setNow] = useState(present);
  useEffect(() => {
    const timer = setInterval(() => setNow(present()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
};
