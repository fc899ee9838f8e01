import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../deploy/run';
import { podsOf, type Pod } from './pods';

export const CHART = resolve(__dirname, '../../../k8s/chart');
const DEPLOY = resolve(__dirname, '../deploy/main.js');

/** Values of the chart, as in a file of values. */
export type Values = Record<string, unknown>;

export interface Input {
  /** Goes to the standard input. */
  input?: string;
}

/** A release of the chart in a namespace, installed or not. */
export interface Release {
  namespace: string;
  name: string;
  /** In the namespace; gives what was printed, throws what was said. */
  kubectl(args: string[], options?: Input): Promise<string>;
  helm(args: string[]): Promise<string>;
  /** Of one component, or of all; the youngest last. */
  pods(component?: string): Promise<Pod[]>;
  /** Runs a command in a pod. */
  exec(pod: string, command: string[], options?: Input): Promise<string>;
  /** Installs or upgrades by `npm run deploy`, its smoke test included; later values win. Gives what it said. */
  deploy(values: Values[], options?: { chart?: string; smoke?: boolean }): Promise<string>;
  /** Such as `deployment.apps/outerpark-gateway`. */
  workload(component: string): Promise<string>;
  /** Where the gateway is reached from here. */
  gateway(): Promise<string>;
  /** A bearer token of a demo account (alice, bob, admin), from the bundled issuer. */
  token(account: string): Promise<string>;
}

export interface Where {
  namespace: string;
  name: string;
  /** The tag of the images; undefined: as the chart says. */
  tag: string | undefined;
  /** Undefined: the node's address and the NodePort of the Service. */
  gatewayUrl: string | undefined;
}

export function releaseIn({ namespace, name, tag, gatewayUrl }: Where): Release {
  const kubectl: Release['kubectl'] = (args, options) => run('kubectl', ['-n', namespace, ...args], options);
  const selector = (component: string) => `app.kubernetes.io/instance=${name},app.kubernetes.io/component=${component}`;
  const exec: Release['exec'] = (pod, command, options = {}) =>
    kubectl(['exec', ...(options.input === undefined ? [] : ['-i']), pod, '--', ...command], options);
  const tokens = new Map<string, string>();

  const deploy: Release['deploy'] = async (values, { chart = CHART, smoke = true } = {}) => {
    const dir = mkdtempSync(join(tmpdir(), 'outerpark-values-'));
    const files = values.map((value, index) => {
      const file = join(dir, `${index}.json`);
      writeFileSync(file, JSON.stringify(value));
      return file;
    });
    try {
      const args = [
        ...[DEPLOY, '--no-build', '--namespace', namespace, '--release', name, '--chart', chart],
        ...files.flatMap((file) => ['--values', file]),
        ...(tag === undefined ? [] : ['--tag', tag]),
        ...(smoke ? [] : ['--no-smoke-test']),
      ];
      return await run(process.execPath, args, { env: { GATEWAY_URL: gatewayUrl ?? '' } });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  return {
    namespace,
    name,
    kubectl,
    helm: (args) => run('helm', ['-n', namespace, ...args]),
    pods: (component) => podsOf(kubectl, name, component),
    exec,
    deploy,
    workload: async (component) => {
      const found = await kubectl(['get', 'deployments,statefulsets', '-l', selector(component), '-o', 'name']);
      if (found.trim() === '') throw new Error(`the release ${name} has no ${component}`);
      return found.trim();
    },
    gateway: async () => gatewayUrl ?? nodePort(kubectl, selector('gateway')),
    token: async (account) => {
      // They are good for hours.
      const token = tokens.get(account) ?? (await tokenOf(account));
      tokens.set(account, token);
      return token;
    },
  };

  async function tokenOf(account: string): Promise<string> {
    const [issuer] = await podsOf(kubectl, name, 'issuer');
    if (issuer === undefined) throw new Error(`the release ${name} has no issuer of its own, so nobody has a token`);
    return (await exec(issuer.name, ['node', 'dev/dist/token.js', account])).trim();
  }
}

interface Services {
  items: { spec: { type: string; ports: { name: string; nodePort?: number }[] } }[];
}
interface Nodes {
  items: { status: { addresses: { type: string; address: string }[] } }[];
}

async function nodePort(kubectl: Release['kubectl'], selector: string): Promise<string> {
  const services = JSON.parse(await kubectl(['get', 'services', '-l', selector, '-o', 'json'])) as Services;
  const port = services.items.flatMap(({ spec }) => spec.ports).find(({ nodePort }) => nodePort)?.nodePort;
  const nodes = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as Nodes;
  const address = nodes.items[0]?.status.addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (port === undefined || address === undefined) {
    throw new Error('the gateway has no NodePort, or the node no InternalIP: say by GATEWAY_URL where it is reached');
  }
  // A cluster on this machine answers here, and then no load leaves it.
  const here = `http://127.0.0.1:${port}`;
  if (await answers(here)) return here;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/livez`, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
