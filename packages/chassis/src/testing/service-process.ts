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

/** Starts a service as a process of its own, from its compiled main.js, and answers when it has started. */
export async function startServiceProcess(workspace: string, env: Record<string, string>): Promise<ServiceProcess> {
  await build(workspace);
  const child = spawn(process.execPath, [join(ROOT, workspace, 'dist', 'main.js')], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const said: string[] = [];
  child.stderr.on('data', (text: Buffer) => said.push(text.toString()));

  const url = await new Promise<string>((resolve, reject) => {
    // Read to the end: a pipe that nobody empties would stop the process.
    createInterface(child.stdout).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === 'started' && url) resolve(url);
      else if (said.length < 100) said.push(line);
    });
    void exited.then((code) => reject(new Error(`${workspace} ended with ${code}:\n${said.join('\n')}`)));
  });

  return {
    url,
    signal: (signal) => void child.kill(signal),
    stop: () => {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
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
