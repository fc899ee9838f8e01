import { useEffect, useState } from 'react';

/** The present in milliseconds since 1970, told again every `every` milliseconds. */
export const useNow = (every = 1000): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
};
