import { before } from './release';

const history = (...statuses: string[]) => statuses.map((status, at) => ({ revision: at + 1, status }));

test.each([
  ['nothing', history()],
  ['nothing', history('failed')],
  ['nothing', history('uninstalled')],
  ['busy', history('deployed', 'pending-upgrade')],
  ['busy', history('pending-install')],
  [{ revision: 2 }, history('superseded', 'deployed')],
  [{ revision: 1 }, history('deployed', 'failed')],
  [{ revision: 3 }, history('superseded', 'failed', 'deployed', 'failed')],
])('%j was before %j', (expected, revisions) => {
  expect(before(revisions)).toEqual(expected);
});
