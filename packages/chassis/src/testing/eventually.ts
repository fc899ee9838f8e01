interface Patience {
  withinMs?: number;
  everyMs?: number;
}

/** Repeats the check until it does not throw and answers its value; at the limit it throws what the check threw last. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 50 }: Patience = {},
): Promise<T> {
  const limit = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
