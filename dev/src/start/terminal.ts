/** What the user reads while it starts: one line for each thing that is ready, with the seconds it took. */
export const say = (line: string): void => console.log(line);

const WIDTH = 16;
const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s`;

/** Does something and says so when it is done. */
export const step = async <T>(name: string, detail: string, work: () => Promise<T>): Promise<T> => {
  const since = Date.now();
  const result = await work();
  say(`  ${name.padEnd(WIDTH)}${seconds(since)}   ${detail}`);
  return result;
};

/** Whoever closed the terminal does not read any more; that must not end what still has to be stopped in order. */
export const surviveClosedTerminal = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
};
