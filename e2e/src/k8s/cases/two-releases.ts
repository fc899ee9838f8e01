import type { Musical } from '@outerpark/contracts/http/musicals';
import { run } from '../../deploy/run';
import { expecting } from '../api';
import type { K8sCase } from '../k8s-case';
import { CHART, releaseIn, type Release } from '../release';
import { untilOnlyVolumes } from '../remains';
import { disturbed } from '../restarts';
import { SMALL } from '../small';

const LONGEST = 53;
const nameEndingIn = (last: string): string =>
  `${'as-long-as-the-name-of-a-release-may-be'.padEnd(LONGEST - 1, '-x')}${last}`;

/** Every resource of a release, as `kind/name`, as the API server would take it. */
async function accepted({ name, namespace, kubectl }: Release): Promise<string[]> {
  const input = await run('helm', ['template', name, CHART, '-n', namespace, '--skip-tests']);
  const said = await kubectl(['apply', '--dry-run=server', '-o', 'name', '-f', '-'], { input });
  return said.trim().split('\n');
}

async function musicalsOf(release: Release): Promise<string[]> {
  const ask = [200, await release.gateway(), await release.token('admin'), 'GET', '/api/musicals?limit=200'] as const;
  return (await expecting<{ items: Musical[] }>(...ask)).items.map(({ id }) => id);
}

export const twoReleases: K8sCase = {
  name: 'two-releases',
  item: 'Bad input',
  title: 'a second release in the namespace of the first, with a name of 53 characters',
  run: async ({ release: first, say }) => {
    const named = (name: string) =>
      releaseIn({ namespace: first.namespace, name, tag: undefined, gatewayUrl: undefined });
    const [second, third] = [named(nameEndingIn('2')), named(nameEndingIn('3'))];
    const names = await accepted(second);
    const met = (await accepted(third)).filter((name) => names.includes(name));
    if (met.length > 0) throw new Error(`releases whose names differ in the last character share ${met.join(', ')}`);

    const before = await first.pods();
    say(await second.deploy([SMALL]));
    const [ours, theirs] = [await musicalsOf(first), await musicalsOf(second)];
    const shown = theirs.filter((id) => ours.includes(id));
    if (theirs.length === 0 || shown.length > 0)
      throw new Error(`musicals of both: ${shown.join(', ') || 'none at all'}`);
    await second.helm(['uninstall', second.name, '--wait', '--timeout', '3m']);
    const left = await untilOnlyVolumes(first.namespace, `app.kubernetes.io/instance=${second.name}`);
    await first.kubectl(['delete', ...left]);
    const touched = disturbed(before, await first.pods());
    if (touched.length > 0) throw new Error(`of the first release ${touched.join(', ')}`);
    return [
      `release ${second.name} (${LONGEST} characters): ${names.length} resources accepted by the API server, none named as one of a release that differs in the last character`,
      'installed beside the first one: a reservation was made, paid and cancelled in it, and neither shows the musicals of the other',
      `uninstalled again: ${left.length} volume claims are left, and no pod of the first release was touched`,
    ];
  },
};
