import { isPortFree } from '@outerpark/dev/servers/free-port';

/** Below the ports from which outgoing connections are made: what is down for a while finds its port free again. */
const [FIRST, LAST] = [20_000, 32_000];
let next = FIRST + (process.pid % 100) * 100;

/** A port of 127.0.0.1 that nobody listens on; the same one is not given twice. */
export async function quietPort(): Promise<number> {
  for (;;) {
    next = next >= LAST ? FIRST : next + 1;
    if (await isPortFree(next)) return next;
  }
}
