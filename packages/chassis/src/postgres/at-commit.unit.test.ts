import { runInContext, currentContext } from '../context';
import { atCommit } from './at-commit';
import type { Tx } from './store';

/** A transaction that only knows what is to be done before its commit. */
function transaction() {
  const runs: (() => Promise<void>)[] = [];
  const tx = { beforeCommit: (run: () => Promise<void>) => runs.push(run) } as unknown as Tx;
  const commit = async () => {
    for (const run of runs) await run();
  };
  return { tx, commit };
}

describe('what is done at the commit', () => {
  it('is done once for all that is wanted in a transaction, in the order in which it was wanted', async () => {
    const rounds: string[][] = [];
    const want = atCommit<string>((_tx, wanted) => {
      rounds.push(wanted.map(({ item }) => item));
      return Promise.resolve();
    });
    const [one, other] = [transaction(), transaction()];
    want(one.tx, 'b');
    want(other.tx, 'x');
    want(one.tx, 'a');
    expect(rounds).toEqual([]);
    await one.commit();
    await other.commit();
    expect(rounds).toEqual([['b', 'a'], ['x']]);
  });

  it('is done in another round when it is wanted by what is done at the commit', async () => {
    const rounds: string[][] = [];
    const last = atCommit<string>((_tx, wanted) => {
      rounds.push(wanted.map(({ item }) => item));
      return Promise.resolve();
    });
    const first = atCommit<string>((tx, wanted) => {
      for (const { item } of wanted) last(tx, `after ${item}`);
      return Promise.resolve();
    });
    const { tx, commit } = transaction();
    last(tx, 'a');
    first(tx, 'b');
    first(tx, 'c');
    await commit();
    expect(rounds).toEqual([['a'], ['after b', 'after c']]);
  });

  it('knows the context in which each was wanted, and is done in that of the first', async () => {
    const seen: string[] = [];
    const want = atCommit<string>((_tx, wanted) => {
      seen.push(currentContext().correlationId);
      for (const { within } of wanted) seen.push(within(() => currentContext().correlationId));
      return Promise.resolve();
    });
    const { tx, commit } = transaction();
    for (const correlationId of ['one', 'two']) {
      runInContext({ correlationId, traceparent: '' }, () => want(tx, correlationId));
    }
    await commit();
    expect(seen).toEqual(['one', 'one', 'two']);
  });
});
