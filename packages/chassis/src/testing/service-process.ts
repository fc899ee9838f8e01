import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface ServiceProcess {
  url: string;
  /** SIGSTOP freezes it, SIGCONT thaws it. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it as a rolling update would (a frozen one is thawed first) and gives its exit code. */
  stop(): Promise<number | null>;
}

const ROOT = join(__dirname, '..', '..', '..', '..');

/** A compiled program of ours as a process of its own. */
export interface ProgramProcess {
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, when it has ended. */
  exited: Promise<number | null>;
  /** The last of what it said. */
  said: string[];
}

interface LogLine {
  msg: string;
  url?: string;
}

/** Starts `<workspace>/dist/<script>`; each line that it logs is told. */
export async function startProgram(
  workspace: string,
  script: string,
  env: Record<string, string>,
  onLine: (line: LogLine) => void = () => undefined,
): Promise<ProgramProcess> {
  await build(workspace);
  const child = spawn(process.execPath, [join(ROOT, workspace, 'dist', script)], {
    env: { PATH: process.env.PATH, ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const tell = (text: string) => void (said.length < 100 && said.push(text));
  child.stderr.on('data', (text: Buffer) => tell(text.toString()));
  // Read to the end: a pipe that nobody empties would stop the process.
  createInterface(child.stdout).on('line', (line) => {
    tell(line);
    onLine(JSON.parse(line) as LogLine);
  });
  return {
    signal: (signal) => void child.kill(signal),
    exited: new Promise((resolve) => child.once('close', resolve)),
    said,
  };
}

/** Starts a service as a process of its own, from its compiled main.js, and answers when it has started. */
export async function startServiceProcess(workspace: string, env: Record<string, string>): Promise<ServiceProcess> {
  let started: (url: string) => void = () => undefined;
  const starting = new Promise<string>((resolve) => (started = resolve));
  const onLine = ({ msg, url }: LogLine) => {
    if (msg === 'started' && url) started(url);
  };
  const { signal, exited, said } = await startProgram(
    workspace,
    'main.js',
    { PORT: '0', HOST: '127.0.0.1', ...env },
    onLine,
  );
  const failed = exited.then((code) => {
    throw new Error(`${workspace} ended with ${code}:\n${said.join('\n')}`);
  });
  failed.catch(() => undefined);

  return {
    url: await Promise.race([starting, failed]),
    signal,
    stop: () => {
      signal('SIGCONT');
      signal('SIGTERM');
      return exited;
    },
  };
}

/** Compiles what has changed since the last build; after `npm ci` that is nothing. */
async function build(workspace: string): Promise<void> {
  const tsc = [require.resolve('typescript/bin/tsc'), '--build', workspace];
  await promisify(execFile)(process.execPath, tsc, { cwd: ROOT }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`${workspace} does not compile:\n${stdout}`);
  });
}
