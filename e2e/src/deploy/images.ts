import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import type { DeployOptions, Images } from './options';
import { run } from './run';

const NAMES: Images = { services: 'outerpark/services', trials: 'outerpark/trials', tools: 'outerpark/tools' };

/**
 * One tag for one content, because nodes do not pull a tag again that they have: the commit, and the time as well when files have
 * changed since.
 */
export const tagOf = (commit: string, changed: boolean, now: Date): string =>
  changed ? `${commit}-${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}` : commit;

/** Throws CannotStart where git knows no commit. */
export async function newTag(checkout: string): Promise<string> {
  const commit = await run('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: checkout }).catch(() => {
    throw new CannotStart('This is no checkout of git: say by --tag what the images are to be called.');
  });
  const changes = await run('git', ['status', '--porcelain'], { cwd: checkout });
  return tagOf(commit.trim(), changes !== '', new Date());
}

/** Builds the three images one after the other, for they share most of their layers. Throws Refused. */
export async function buildImages(
  { build, images }: DeployOptions,
  tag: string,
  checkout: string,
  signal: AbortSignal,
): Promise<string[]> {
  const built: string[] = [];
  for (const [target, name] of Object.entries({ ...NAMES, ...images })) {
    const image = `${name}:${tag}`;
    await run('sh', ['-c', build!], { cwd: checkout, env: { IMAGE: image, TARGET: target }, signal });
    built.push(image);
  }
  return built;
}
