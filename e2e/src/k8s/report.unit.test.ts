import { asMarkdown, type SeenRow } from './report';

const row: SeenRow = {
  name: 'saga',
  item: 'Saga',
  title: 'reserve, cancel',
  ok: true,
  seen: ['paid after 100 ms', 'a | b\nand c'],
  seconds: 12.4,
  at: '2026-11-25T10:20:30.000Z',
  commit: 'abc1234',
};

test('each case is one line, whatever was seen', () => {
  const text = asMarkdown([row], '1 node', ['saga']);
  expect(text).toContain(
    '| ✓ Saga | reserve, cancel | paid after 100 ms<br>a \\| b and c | 2026-11-25 10:20, 12 s, abc1234 |',
  );
  expect(text).toContain('1 of 1 cases passed');
  expect(text).not.toContain('Not seen through yet');
});

test('what failed and what is missing is told', () => {
  const text = asMarkdown([{ ...row, ok: false, seen: ['2 requests failed'] }], '1 node', ['saga', 'cqrs']);
  expect(text).toContain('| ✗ Saga | reserve, cancel | 2 requests failed |');
  expect(text).toContain('0 of 1 cases passed');
  expect(text).toContain('Not seen through yet: cqrs.');
});
