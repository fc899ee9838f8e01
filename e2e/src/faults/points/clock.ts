/** Makes `Date` of this process wrong by so many milliseconds, as on a machine with a wrong clock. The monotonic clock stays right. */
export function shiftClock(ms: number): void {
  if (ms === 0) return;
  const Right = Date;
  const now = (): number => Right.now() + ms;
  globalThis.Date = new Proxy(Right, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
