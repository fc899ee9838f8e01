import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { readOptions } from './options';

const read = (args: string[], env: NodeJS.ProcessEnv = {}) => readOptions(args, env);

test('without options it builds with docker what is here, and tries it', () => {
  expect(read([])).toMatchObject({
    release: 'outerpark',
    namespace: 'outerpark',
    values: [],
    images: {},
    tag: undefined,
    build: 'docker build --tag "$IMAGE" --target "$TARGET" .',
    smoke: { gateway: undefined, token: undefined, off: false },
  });
});

test('the command line wins over the environment', () => {
  const env = { IMAGE_TAG: 'old', BUILD_COMMAND: 'make image', SERVICES_IMAGE: 'mine/services' };
  expect(read([], env)).toMatchObject({ tag: 'old', build: 'make image', images: { services: 'mine/services' } });
  expect(read(['--tag', 'new', '--build', 'true'], env)).toMatchObject({ tag: 'new', build: 'true' });
  expect(read(['--no-build'], env).build).toBeUndefined();
});

test('values may be many, and are found from here', () => {
  expect(read(['-f', '/a.yaml', '--values', '/b.yaml', '--set', 'a=1', '--set', 'b=2'])).toMatchObject({
    values: ['/a.yaml', '/b.yaml'],
    set: ['a=1', 'b=2'],
  });
});

test.each([
  [['--release', 'x'.repeat(54)], /--release must be at most 53/],
  [['--release', 'Outer_Park'], /--release must be .* "Outer_Park"/],
  [['--namespace=-x'], /--namespace must be/],
  [['--relaese', 'x'], /Unknown option '--relaese'.*--help/],
  [['x'], /Unexpected argument 'x'/],
])('%j is refused in one sentence', (args, sentence) => {
  expect(() => read(args)).toThrow(CannotStart);
  expect(() => read(args)).toThrow(sentence);
});

test('a release may have 53 characters', () => {
  expect(read(['--release', 'x'.repeat(53)]).release).toHaveLength(53);
});
