import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf } from '../src/servers/daemon';
import { readRunFile, type RunFile } from '../src/start/run-file';

// The real supervisor (as built) with the real PostgreSQL, Kafka and helpers, and stubs in the services' places.
jest.setTimeout(120_000);

const DIST = resolve(__dirname, '../dist');
/** Not the ports of an OuterPark that a developer has running, nor of other tests. */
const OFFSET = 5000;
const GATEWAY = `http://127.0.0.1:${8080 + OFFSET}`;
const PAYMENT_2 = `http://127.0.0.1:${8083 + OFFSET + 100}`;
const SERVICES = ['gateway', 'musical', 'reservation', 'payment', 'notification', 'mypage'];

let dir: string;
let home: string;
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'supervisor-'));
  chmodSync(dir, 0o755);
  home = join(dir, 'home');
  children = [];
  for (const service of SERVICES) {
    mkdirSync(join(dir, service, 'dist'), { recursive: true });
    copyFileSync(join(__dirname, 'stub-service.js'), join(dir, service, 'dist/main.js'));
  }
});
afterEach(async () => {
  for (const child of children) child.kill('SIGTERM');
  await eventually(() => children.every((child) => child.exitCode !== null || child.signalCode !== null));
  rmSync(dir, { recursive: true });
});

const environment = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  OUTERPARK_HOME: home,
  OUTERPARK_ROOT: dir,
  OUTERPARK_PORT_OFFSET: String(OFFSET),
  ...env,
});

const eventually = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (const until = Date.now() + 60_000; !(await condition()); await sleep(50)) {
    if (Date.now() > until) throw new Error(`This never came true: ${condition.toString()}`);
  }
};

/** `npm start -- args`, with what it says so far. */
const start = (args: string[] = [], env?: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, [join(DIST, 'start/main.js'), ...args], { env: environment(env) });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr.on('data', (chunk) => (said.err += String(chunk)));
  const exit = new Promise<number | null>((done) => child.once('close', done));
  const ready = (): Promise<void> =>
    eventually(() => {
      if (child.exitCode !== null) throw new Error(`It ended: ${said.err}`);
      return said.out.includes('Ctrl-C stops everything');
    });
  return { child, said, exit, ready };
};
const runFile = (): RunFile => readRunFile(home)!;
const alive = (pids: number[]): number[] => pids.filter((pid) => commandOf(pid) !== undefined);
const environmentOf = async (url: string) => (await (await fetch(`${url}/env`)).json()) as Record<string, string>;

test('it starts all, hands each its environment, gives tokens, starts again what dies, and stops all in order', async () => {
  const { child, said, exit, ready } = start(['--replicas', '2'], { PAYMENT_WINDOW_MS: '20000' });
  await ready();
  const { pids, databases, kafkaBrokers, oidc } = runFile();
  expect(Object.keys(pids)).toHaveLength(5 + 1 + 5 * 2);

  expect(await environmentOf(PAYMENT_2)).toMatchObject({
    DATABASE_URL: databases.payment,
    KAFKA_BROKERS: kafkaBrokers,
    OIDC_ISSUER: oidc.issuer,
    OIDC_AUDIENCE: 'outerpark',
    PAYMENT_WINDOW_MS: '20000',
  });
  expect((await environmentOf(GATEWAY)).PAYMENT_URL).toBe(runFile().services.payment.join(','));

  const token = execFileSync(process.execPath, [join(DIST, 'token.js'), 'alice'], {
    env: environment(),
    encoding: 'utf8',
  });
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);

  const second = start();
  expect(await second.exit).toBe(1);
  expect(second.said.err).toContain(`OuterPark runs already in ${home} (process ${child.pid})`);

  await fetch(`${PAYMENT_2}/die`).catch(() => undefined);
  await eventually(() => said.out.includes('payment-2 runs again'));
  expect(said.out).toContain('payment-2 ended (code 7)');
  expect(runFile().pids['payment-2']).not.toBe(pids['payment-2']);

  const last = Object.values(runFile().pids);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  expect(alive(last)).toEqual([]);
  expect(readRunFile(home)).toBeUndefined();
  expect(said.err).toBe('');
});

test('what a killed supervisor left is stopped by the next start, which finds its data', async () => {
  const first = start();
  await first.ready();
  const left = Object.values(runFile().pids);
  first.child.kill('SIGKILL');
  await first.exit;
  expect(alive(left)).toEqual(left);

  const second = start();
  await second.ready();
  expect(second.said.out).toContain('stopped 11 processes that an earlier start left behind');
  expect(alive(left)).toEqual([]);

  const fresh = join(home, 'data/marker');
  mkdirSync(fresh);
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
  const third = start(['--fresh']);
  await third.ready();
  expect(existsSync(fresh)).toBe(false);
});

describe('what cannot start is told in a sentence, and nothing is left running', () => {
  const failing = async (env: NodeJS.ProcessEnv, args?: string[]): Promise<string> => {
    const { said, exit } = start(args, env);
    expect(await exit).toBe(1);
    const ours = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null || true'], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    expect(ours.includes(home)).toBe(false);
    return said.err;
  };

  test('a service that fails', async () => {
    const told = await failing({ STUB_FAILS: '/payment/' });
    expect(told).toContain('payment ended before it was ready');
    expect(told).toContain('info no database');
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(8082 + OFFSET, '127.0.0.1');
    const told = await failing({});
    expect(told).toContain(`Port ${8082 + OFFSET}, which reservation needs, is taken`);
    expect(told).toContain('OUTERPARK_PORT_OFFSET');
    server.close();
  });

  test('no Java', async () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    for (const program of ['sh', 'id'])
      symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(bin, program));
    const told = await failing({ PATH: bin, JAVA_HOME: '' });
    expect(told).toMatch(/^\nJava is not installed.*install it.*KAFKA_BROKERS.*docker compose up\.\n$/);
  });

  test('a service that is not built', async () => {
    rmSync(join(dir, 'mypage'), { recursive: true });
    expect(await failing({})).toContain('mypage is not built');
  });

  test('options that there are not', async () => {
    expect(await failing({}, ['--frehs'])).toContain("Unknown option '--frehs'");
    expect(await failing({}, ['--replicas', '0'])).toContain('--replicas must be a whole number from 1 to 9');
    expect(await failing({ OUTERPARK_PORT_OFFSET: 'x' })).toContain('OUTERPARK_PORT_OFFSET must be');
    expect(await failing({ OUTERPARK_PORT_OFFSET: '2000' })).toContain('Browsers refuse port 10080');
  });
});

test('nothing runs: no token, and a sentence', () => {
  const token = (...names: string[]): string => {
    try {
      return execFileSync(process.execPath, [join(DIST, 'token.js'), ...names], {
        env: environment(),
        stdio: 'pipe',
        encoding: 'utf8',
      });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  expect(token('alice')).toContain('OuterPark does not run here');
  expect(token('carol')).toContain('There is no demo account carol');
  expect(token()).toContain('Whose token?');
});

test('it ends with the npm that started it', async () => {
  const command = `"${process.execPath}" "${join(DIST, 'start/main.js')}"; true`;
  const shell = spawn('sh', ['-c', command], { env: environment({ npm_lifecycle_event: 'start' }), stdio: 'ignore' });
  children.push(shell);
  await eventually(() => readRunFile(home) !== undefined);
  const pids = [runFile().pid, ...Object.values(runFile().pids)];
  shell.kill('SIGTERM');
  await eventually(() => alive(pids).length === 0);
});

test('it can be ended while it starts', async () => {
  const { child, said, exit } = start();
  await eventually(() => said.out.includes('starts in'));
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  expect(said.err).toBe('');
  expect(existsSync(join(home, 'supervisor.json'))).toBe(false);
});
