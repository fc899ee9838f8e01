import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { defaultCacheDir } from '@outerpark/dev/servers/kafka-libs';
import { z } from 'zod';
import { inherited } from '../config';

const SETTINGS = resolve(__dirname, '../../schemathesis');
const VERSION = '4.32.5';
/** Some times as long as a run takes. */
const LIMIT_MS = 240_000;

const run = promisify(execFile);

/** The program, in an environment of its own; fetched when it is not there yet. Throws CannotStart without Python. */
export async function fetchSchemathesis(cacheDir = defaultCacheDir): Promise<string> {
  const place = join(cacheDir, `schemathesis-${VERSION}`);
  const program = join(place, 'bin', 'schemathesis');
  const complete = join(place, 'complete');
  if (existsSync(complete)) return program;
  rmSync(place, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', place]);
    await run(join(place, 'bin', 'pip'), ['install', '--quiet', '--requirement', join(SETTINGS, 'requirements.txt')]);
  } catch (error) {
    const told = (error as { stderr?: string }).stderr || String(error);
    throw new CannotStart(`Schemathesis needs Python 3.10 or later with venv and pip: ${told.trim().split('\n')[0]}`);
  }
  writeFileSync(complete, '');
  return program;
}

export interface Target {
  /** Such as `musical as alice`. */
  name: string;
  documentUrl: string;
  token: string;
  /** The same one generates the same requests. */
  seed: number;
  workDir: string;
}

export interface Outcome {
  ok: boolean;
  /** Requests that were made up and sent. */
  cases: number;
  operations: number;
  /** All that it said. */
  told: string;
}

const report = z.object({
  operations: z.object({ tested: z.number() }),
  test_cases: z.object({ generated: z.number() }),
});

/** Sends what the document allows and what it forbids, and checks each answer against it. */
export async function attack(program: string, { documentUrl, token, seed, workDir, name }: Target): Promise<Outcome> {
  const reportFile = join(workDir, `${name.replaceAll(' ', '-')}.json`);
  const args = ['--config-file', join(SETTINGS, 'schemathesis.toml'), 'run', documentUrl, '--no-color'];
  const more = ['--seed', String(seed), '--report', 'json', '--report-json-path', reportFile];
  const options = {
    cwd: workDir,
    timeout: LIMIT_MS,
    maxBuffer: 64 * 2 ** 20,
    env: { ...inherited(), API_TOKEN: token },
  };
  const ended = await run(program, [...args, ...more], options).then(
    ({ stdout }) => ({ ok: true, told: stdout }),
    (error: { stdout?: string; stderr?: string }) => ({ ok: false, told: `${error.stdout}${error.stderr}` }),
  );
  const { operations, test_cases } = report.parse(JSON.parse(await readFile(reportFile, 'utf8')));
  return { ...ended, operations: operations.tested, cases: test_cases.generated };
}
