import { createTurns } from './turns';

/** Lets everything happen that waits for nothing but its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('gives the first a turn at once, and all who come until the next one that one together', async () => {
  const nextTurn = createTurns(100);
  const had: string[] = [];
  const take = (name: string) => nextTurn().then(() => had.push(name));
  await take('a');
  const others = [take('b'), take('c')];
  await settled();
  expect(had).toEqual(['a']);
  await others[0];
  // Of the same turn of the event loop.
  await Promise.resolve();
  expect(had).toEqual(['a', 'b', 'c']);
  void take('d');
  await settled();
  expect(had).toEqual(['a', 'b', 'c']);
});
