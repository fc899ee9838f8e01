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

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
