import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '@outerpark/chassis/errors';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { buildImages, newTag } from './images';
import { CHECKOUT, type DeployOptions } from './options';
import { whatIsNotReady } from './pods';
import { before, historyOf, type Before } from './release';
import { summary, valueArguments } from './render';
import { run } from './run';
import { smokeTest } from './smoke';
import { step, type Say } from './step';

/** The exit codes, which operators' scripts know. */
export const OUTCOME = { runs: 0, nothingChanged: 1, wrongOptions: 2, asBefore: 3, broken: 4 } as const;
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/**
 * Builds, lints, renders, upgrades and tries a release, and takes it back to what it was when that fails. Says each step with its
 * seconds. An aborted signal ends the step that runs and is a failure like others. Throws CannotStart while nothing has changed yet.
 */
export async function deploy(options: DeployOptions, say: Say, signal: AbortSignal): Promise<Outcome> {
  const { release, namespace, chart, chartVersion } = options;
  const previous = await step(say, 'look at the release', () => look(options));
  if (previous === 'busy') {
    throw new CannotStart(
      `Another upgrade of ${release} is under way, or one was killed. In the latter case: helm rollback ${release} -n ${namespace} (helm uninstall, if it never ran), then again.`,
    );
  }

  const tag = options.tag ?? (options.build === undefined ? undefined : await newTag(CHECKOUT));
  const values = valueArguments(options, tag);
  const version = chartVersion === undefined ? [] : ['--version', chartVersion];
  if (existsSync(join(chart, 'Chart.yaml'))) {
    await step(say, 'lint the chart', async () => {
      await run('helm', ['lint', chart, '--strict', '--quiet', ...values]);
      return [undefined, chart];
    });
  }
  await step(say, 'render the chart', async () => {
    const manifests = await run('helm', ['template', release, chart, ...version, '-n', namespace, ...values]);
    return [undefined, summary(manifests)];
  });
  if (options.build !== undefined) {
    await step(say, 'build the images', async () => {
      const built = await buildImages(options, tag!, CHECKOUT, signal);
      return [undefined, built.join(', ')];
    });
  }

  signal.throwIfAborted();
  try {
    await step(say, previous === 'nothing' ? 'install' : 'upgrade', async () => {
      const how = ['-n', namespace, '--create-namespace', '--wait', '--wait-for-jobs', '--timeout', options.timeout];
      await run('helm', ['upgrade', release, chart, '--install', ...version, ...how, ...values], { signal });
      return [undefined, `all is ready in namespace ${namespace}`];
    });
    if (!options.smoke.off) await step(say, 'smoke test', async () => [undefined, await smokeTest(options)]);
    return OUTCOME.runs;
  } catch {
    return await takeBack(options, previous, say);
  }
}

async function look({ release, namespace }: DeployOptions): Promise<[Before, string]> {
  await run('kubectl', ['version', '--output', 'json']);
  const found = before(await historyOf(release, namespace));
  if (typeof found === 'object') return [found, `revision ${found.revision} runs`];
  return [found, found === 'busy' ? 'an upgrade is pending' : 'it does not run yet'];
}

/** A release that never ran is taken away, but for what its chart keeps, such as volumes. */
async function takeBack(options: DeployOptions, previous: Exclude<Before, 'busy'>, say: Say): Promise<Outcome> {
  const { release, namespace, timeout } = options;
  const lines = await whatIsNotReady(release, namespace).catch((error: unknown) => [errorMessage(error)]);
  for (const line of lines) say(`    ${line}`);
  const how = ['-n', namespace, '--wait', '--timeout', timeout];
  const [name, args] =
    previous === 'nothing'
      ? ['take the release away', ['uninstall', release, ...how]]
      : [`roll back to ${previous.revision}`, ['rollback', release, `${previous.revision}`, ...how]];
  try {
    await step(say, name, async () => {
      await run('helm', args);
      return [undefined, 'it is what it was before'];
    });
    return OUTCOME.asBefore;
  } catch {
    return OUTCOME.broken;
  }
}
