import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { inherited } from '../config';
import { goProgram } from '../go-program';
import { OPENAPI, ROOT } from './documents';

const OASDIFF = { name: 'oasdiff', version: 'v1.36.0', package: 'github.com/oasdiff/oasdiff' };

/** One line for each break that is meant. */
const ALLOWED = 'docs/api-breaks.md';

export interface Comparison {
  /** The revision in git that had the older document. */
  base: string;
  breaks: boolean;
  /** What oasdiff said. */
  told: string;
}

/**
 * What the document breaks of what stood there before: at the last release, and before its last change, committed or not. A revision
 * that is given stands in place of both. Throws CannotStart without Go, and where git does not know what was before.
 */
export async function breakingChanges(revision?: string): Promise<Comparison[]> {
  const oasdiff = await goProgram(OASDIFF);
  const bases =
    revision === undefined ? [...new Set([...(await lastRelease()), await beforeLastChange()])] : [revision];
  const comparisons: Comparison[] = [];
  for (const base of bases) {
    if (await hasDocument(base)) comparisons.push({ base, ...(await compare(oasdiff, base)) });
  }
  return comparisons;
}

async function lastRelease(): Promise<string[]> {
  if ((await git('rev-parse', '--is-shallow-repository')) !== 'false') {
    throw new CannotStart('This clone has no history to compare the API with: git fetch --unshallow.');
  }
  return (await git('tag', '--merged', 'HEAD', '--list', 'v*', '--sort=-v:refname'))
    .split('\n')
    .filter(Boolean)
    .slice(0, 1);
}

async function beforeLastChange(): Promise<string> {
  const changed = await git('status', '--porcelain', '--', OPENAPI);
  return changed ? 'HEAD' : `${await git('log', '-1', '--format=%h', '--', OPENAPI)}^`;
}

const hasDocument = (revision: string): Promise<boolean> =>
  git('cat-file', '-e', `${revision}:${OPENAPI}`).then(
    () => true,
    () => false,
  );

async function compare(oasdiff: string, base: string): Promise<{ breaks: boolean; told: string }> {
  const allowed = ['--err-ignore', ALLOWED, '--warn-ignore', ALLOWED];
  try {
    const told = await run(oasdiff, [
      'breaking',
      '--fail-on',
      'ERR',
      '--format',
      'singleline',
      ...allowed,
      `${base}:${OPENAPI}`,
      OPENAPI,
    ]);
    return { breaks: false, told };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    if (code !== 1) throw new Error(`oasdiff could not compare with ${base}: ${stderr}`, { cause: error });
    return { breaks: true, told: stdout! };
  }
}

const git = (...args: string[]): Promise<string> => run('git', args);

async function run(program: string, args: string[]): Promise<string> {
  const env = { ...inherited(), OASDIFF_NO_TELEMETRY: '1' };
  const { stdout } = await promisify(execFile)(program, args, { cwd: ROOT, env, maxBuffer: 2 ** 26 });
  return stdout.trim();
}
