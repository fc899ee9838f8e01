import { eventually } from '@outerpark/chassis/testing/eventually';
import { run } from '../deploy/run';

/** What a namespace has by itself, or nobody installed. */
const OWN = /^(configmap\/kube-root-ca\.crt|serviceaccount\/default|event\.|event\/|podmetrics\.)/;

/** Everything in a namespace, as `kind/name`; with a selector what has those labels. */
export async function remains(namespace: string, selector?: string): Promise<string[]> {
  const kinds = await run('kubectl', ['api-resources', '--namespaced', '--verbs=list', '-o', 'name']);
  const names = lines(kinds).filter((kind) => !/^(events|pods\.metrics)/.test(kind));
  const chosen = selector === undefined ? [] : ['-l', selector];
  const found = await run('kubectl', ['get', names.join(','), '-n', namespace, ...chosen, '-o', 'name']);
  return lines(found)
    .filter((name) => !OWN.test(name))
    .sort();
}

/** The claims of what was uninstalled, when its pods have had their time to end. Throws when anything else is left of it. */
export const untilOnlyVolumes = (namespace: string, selector?: string): Promise<string[]> =>
  eventually(
    async () => {
      const left = await remains(namespace, selector);
      const besides = left.filter((name) => !name.startsWith('persistentvolumeclaim/'));
      if (besides.length > 0) throw new Error(`besides volumes there is left: ${besides.join(', ')}`);
      return left;
    },
    { withinMs: 90_000, everyMs: 2_000 },
  );

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
