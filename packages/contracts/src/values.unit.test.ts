import { label } from './values';

test.each([
  ['a name', 'Hedwig'],
  ['the longest', 'a'.repeat(200)],
  ['the longest of characters beyond the first plane', '😀'.repeat(200)],
  ['Korean, in whichever form', '헤드윅 ' + '한'.normalize('NFD')],
])('%s is a label', (_, text) => expect(label.parse(text)).toBe(text));

test('a label is trimmed', () => expect(label.parse('  Hedwig ')).toBe('Hedwig'));

test.each([
  ['nothing', ''],
  ['blanks', ' \u3000 '],
  ['one character too many', '😀'.repeat(201)],
  ['a NUL', 'a\u0000b'],
  ['a control character of the second block', 'a\u0085b'],
  ['half a surrogate pair', 'a\ud800b'],
  ['the other half', '\udc00'],
])('%s is no label', (_, text) => expect(label.safeParse(text).success).toBe(false));
