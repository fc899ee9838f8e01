import { eventually } from '@outerpark/chassis/testing/eventually';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy, OUTCOME } from '../src/deploy/deploy';
import { readOptions } from '../src/deploy/options';

// helm and kubectl, which are not ours: they write down how they are called, and do what the files beside them say.
const HELM = `#!/bin/sh
cd "$(dirname "$0")" && echo "helm $*" >>calls
case $1 in
  history) [ -e history.json ] && cat history.json || { echo 'Error: release: not found' >&2; exit 1; } ;;
  template) printf 'kind: Service\\n---\\nkind: Service\\n' ;;
  upgrade) [ ! -e upgrade-hangs ] || { trap 'kill $!; echo interrupted >&2; exit 1' INT; touch hanging; sleep 20 >/dev/null 2>&1 & wait; }
    [ ! -e upgrade-fails ] || { echo 'Error: UPGRADE FAILED: musical is not ready' >&2; exit 1; } ;;
  rollback | uninstall) [ ! -e going-back-fails ] ;;
esac
`;
const POD = {
  metadata: { name: 'musical-1' },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'musical', ready: false, restartCount: 0, state: { running: {} } }],
  },
};
const KUBECTL = `#!/bin/sh
cd "$(dirname "$0")" && echo "kubectl $*" >>calls
case "$1 $2" in
  'get pods') echo '${JSON.stringify({ items: [POD] })}' ;;
  'get events') echo 'Unhealthy: Readiness probe failed' ;;
  logs*) echo 'waiting for the database' ;;
esac
`;

let dir: string;
let path: string | undefined;
const file = (name: string, text = ''): void => writeFileSync(join(dir, name), text);
const read = (name: string): string[] => readFileSync(join(dir, name), 'utf8').trim().split('\n');
const calls = (program: string): string[] => read('calls').filter((call) => call.startsWith(program));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'outerpark-deploy-'));
  for (const [name, text] of Object.entries({ helm: HELM, kubectl: KUBECTL })) {
    file(name, text);
    chmodSync(join(dir, name), 0o755);
  }
  path = process.env.PATH;
  process.env.PATH = `${dir}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(dir, { recursive: true });
});

const deployed = async (args: string[] = ['--no-build'], signal = new AbortController().signal) => {
  const said: string[] = [];
  const options = readOptions(['-r', 'park', '-n', 'tickets', '--no-smoke-test', '--tag', 't1', ...args], {});
  return { outcome: await deploy(options, (line) => said.push(line), signal), said: said.join('\n') };
};
const runs = (...revisions: [number, string][]): void =>
  file('history.json', JSON.stringify(revisions.map(([revision, status]) => ({ revision, status }))));

test('the first time it lints, renders, builds and installs, and says so', async () => {
  const { outcome, said } = await deployed(['--build', `echo "$TARGET $IMAGE" >>${dir}/built`]);
  expect(outcome).toBe(OUTCOME.runs);
  expect(read('built')).toEqual([
    'services outerpark/services:t1',
    'trials outerpark/trials:t1',
    'tools outerpark/tools:t1',
  ]);
  expect(calls('helm').map((call) => call.split(' ')[1])).toEqual(['history', 'lint', 'template', 'upgrade']);
  expect(calls('helm').at(-1)).toMatch(/^helm upgrade park \S+ --install -n tickets .*--set-string image.tag=t1$/);
  expect(said).toMatch(/✓ render the chart +[\d.]+ s {2}2 Services\n/);
  expect(said).toMatch(/✓ install +[\d.]+ s/);
});

test('a failed upgrade says what is not ready, and goes back to the revision that ran', async () => {
  runs([3, 'superseded'], [4, 'deployed'], [5, 'failed']);
  file('upgrade-fails');
  const { outcome, said } = await deployed();
  expect(outcome).toBe(OUTCOME.asBefore);
  expect(calls('helm rollback')).toEqual(['helm rollback park 4 -n tickets --wait --timeout 5m']);
  expect(said).toContain('musical is not ready');
  expect(said).toContain('musical-1 runs and is not ready');
  expect(said).toContain('Unhealthy: Readiness probe failed');
  expect(said).toContain('waiting for the database');
});

test('a failed first install is taken away', async () => {
  file('upgrade-fails');
  expect((await deployed()).outcome).toBe(OUTCOME.asBefore);
  expect(calls('helm uninstall')).toHaveLength(1);
});

test('when going back fails too, the outcome is another one', async () => {
  runs([1, 'deployed']);
  file('upgrade-fails');
  file('going-back-fails');
  expect((await deployed()).outcome).toBe(OUTCOME.broken);
});

test('an interrupted upgrade ends, and goes back', async () => {
  runs([1, 'deployed']);
  file('upgrade-hangs');
  const interrupted = new AbortController();
  const deploying = deployed(['--no-build'], interrupted.signal);
  await eventually(() => read('hanging'), { withinMs: 10_000, everyMs: 20 });
  interrupted.abort();
  const { outcome, said } = await deploying;
  expect(outcome).toBe(OUTCOME.asBefore);
  expect(said).toContain('interrupted');
});

test('while somebody else upgrades, nothing is changed', async () => {
  runs([1, 'deployed'], [2, 'pending-upgrade']);
  await expect(deployed()).rejects.toThrow(CannotStart);
  expect(calls('helm').map((call) => call.split(' ')[1])).toEqual(['history']);
});

test('an image that cannot be built changes nothing', async () => {
  await expect(deployed(['--build', 'echo no space left >&2; exit 1'])).rejects.toThrow('no space left');
  expect(calls('helm upgrade')).toEqual([]);
});
