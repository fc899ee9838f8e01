import { spawn } from 'node:child_process';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { inherited } from '../config';

/** A program ended with another code than 0; `told` is what it wrote to its standard error, or else its last lines. */
export class Refused extends Error {
  constructor(
    readonly program: string,
    readonly told: string,
  ) {
    super(`${program}: ${told}`);
  }
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to its standard input. */
  input?: string;
  /** Aborted: the program gets a SIGINT, and its end is awaited. */
  signal?: AbortSignal;
}

const LINES_KEPT = 40;

/** Runs a program to its end and answers what it printed. Throws Refused, or CannotStart when there is no such program. */
export function run(program: string, args: string[], { cwd, env, input, signal }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...inherited(), ...env }, stdio: 'pipe' });
    child.stdin.on('error', () => undefined); // It may end without reading it; then its exit code tells.
    child.stdin.end(input);
    const interrupt = () => child.kill('SIGINT');
    signal?.addEventListener('abort', interrupt);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new CannotStart(`${program} is not installed, or not in PATH.`) : error),
    );
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', interrupt);
      const printed = Buffer.concat(out).toString();
      if (code === 0) return resolve(printed);
      const told = Buffer.concat(err).toString().trim() || printed.trim() || `ended with ${killedBy ?? code}`;
      reject(new Refused(program, told.split('\n').slice(-LINES_KEPT).join('\n')));
    });
  });
}
