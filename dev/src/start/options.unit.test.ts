import { readOptions } from './options';

test('without anything it starts one of each, here', () => {
  const { home, root, ...rest } = readOptions([], {});
  expect(home).toBe(`${root}/.outerpark`);
  expect(rest).toEqual({ fresh: false, verbose: false, help: false, replicas: 1, portOffset: 0 });
});

test('options and environment are read, and an empty variable is none', () => {
  const env = { OUTERPARK_HOME: '/tmp/other', OUTERPARK_PORT_OFFSET: '' };
  expect(readOptions(['--fresh', '--replicas', '3'], env)).toMatchObject({
    fresh: true,
    replicas: 3,
    home: '/tmp/other',
    portOffset: 0,
  });
  expect(readOptions([], { OUTERPARK_PORT_OFFSET: '1000' }).portOffset).toBe(1000);
});

test.each([
  [['--replicas', '0'], {}, '--replicas must be a whole number from 1 to 9, and is "0".'],
  [['--replicas', '2.5'], {}, '--replicas must be'],
  [[], { OUTERPARK_PORT_OFFSET: '-1' }, 'OUTERPARK_PORT_OFFSET must be'],
  [['--unknown'], {}, "Unknown option '--unknown'"],
  [['word'], {}, 'Unexpected argument'],
])('%j with %j is refused', (args, env, message) => {
  expect(() => readOptions(args, env)).toThrow(message);
});
