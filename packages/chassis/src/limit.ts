/**
 * Runs work that may take so long, in milliseconds; then its signal aborts. Not AbortSignal.timeout, whose timer fires for every call,
 * long after its end.
 */
export async function withLimit<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}
