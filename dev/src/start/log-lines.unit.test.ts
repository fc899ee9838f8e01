import { readable } from './log-lines';

test.each([
  ['{"level":50,"msg":"cannot connect","err":{"message":"refused"}}', 'error cannot connect: refused'],
  ['{"level":30,"msg":"listening"}', 'info listening'],
  ['{"level":"fatal","message":"no port"}', 'fatal no port'],
  ['{"level":30}', '{"level":30}'],
  ['    at Object.<anonymous>', '    at Object.<anonymous>'],
  ['null', 'null'],
])('%s reads %s', (line, text) => expect(readable(line)).toBe(text));
