import { errorMessage } from '@outerpark/chassis/errors';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';

export type Say = (line: string) => void;

const WIDTH = 24;

/**
 * Does something and says what came of it, with the seconds it took. Throws what the work threw, after it was told; a CannotStart is
 * a sentence for whoever catches it.
 */
export async function step<T>(say: Say, name: string, work: () => Promise<[result: T, saw: string]>): Promise<T> {
  const since = performance.now();
  const line = (sign: string) =>
    `${sign} ${name.padEnd(WIDTH)}${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s  `;
  try {
    const [result, saw] = await work();
    say(line('✓') + saw);
    return result;
  } catch (error) {
    if (!(error instanceof CannotStart)) say(line('✗') + errorMessage(error));
    throw error;
  }
}
