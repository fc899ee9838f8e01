import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';

export interface DeployOptions {
  help: boolean;
  release: string;
  namespace: string;
  /** A folder, a packed chart, or its address as an OCI artifact. */
  chart: string;
  /** The version of a chart that is not in a folder. */
  chartVersion: string | undefined;
  /** Files of values, later ones win. */
  values: string[];
  /** Single values, such as `gateway.replicas=3`. */
  set: string[];
  /** Names that the chart does not know by itself. */
  images: Partial<Images>;
  /** Undefined: a new one for what is built, or what the chart says. */
  tag: string | undefined;
  /** A shell command that builds one image, by IMAGE and TARGET in its environment; undefined: the images are there. */
  build: string | undefined;
  /** How long Helm waits for all to be ready, such as `5m`. */
  timeout: string;
  smoke: SmokeOptions;
}

export interface Images {
  services: string;
  trials: string;
  tools: string;
}

export interface SmokeOptions {
  /** Where the gateway is reached; undefined: through the API server, by a forwarded port. */
  gateway: string | undefined;
  /** A customer's, where the release has no development issuer. */
  token: string | undefined;
  /** What that customer reserves a seat of. */
  musical: string | undefined;
  off: boolean;
}

/** This checkout, seen from e2e/dist/deploy as well as from e2e/src/deploy. */
export const CHECKOUT = resolve(__dirname, '../../..');

const DOCKER = 'docker build --tag "$IMAGE" --target "$TARGET" .';
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LONGEST_RELEASE = 53;
const LONGEST_NAMESPACE = 63;

/** Reads command line and environment. Throws CannotStart on what it does not know. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): DeployOptions {
  const given = parse(args);
  return {
    help: given.help,
    release: named('--release', given.release, LONGEST_RELEASE),
    namespace: named('--namespace', given.namespace, LONGEST_NAMESPACE),
    chart: given.chart,
    chartVersion: given['chart-version'],
    values: given.values.map((file) => resolve(file)),
    set: given.set,
    images: {
      ...(env.SERVICES_IMAGE ? { services: env.SERVICES_IMAGE } : {}),
      ...(env.TRIALS_IMAGE ? { trials: env.TRIALS_IMAGE } : {}),
      ...(env.TOOLS_IMAGE ? { tools: env.TOOLS_IMAGE } : {}),
    },
    tag: given.tag ?? (env.IMAGE_TAG || undefined),
    build: given['no-build'] ? undefined : (given.build ?? (env.BUILD_COMMAND || DOCKER)),
    timeout: given.timeout,
    smoke: {
      gateway: env.GATEWAY_URL?.replace(/\/+$/, '') || undefined,
      token: env.OUTERPARK_TOKEN || undefined,
      musical: given.musical,
      off: given['no-smoke-test'],
    },
  };
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        release: { type: 'string', short: 'r', default: 'outerpark' },
        namespace: { type: 'string', short: 'n', default: 'outerpark' },
        chart: { type: 'string', default: resolve(CHECKOUT, 'k8s/chart') },
        'chart-version': { type: 'string' },
        values: { type: 'string', short: 'f', multiple: true, default: [] },
        set: { type: 'string', multiple: true, default: [] },
        tag: { type: 'string' },
        build: { type: 'string' },
        'no-build': { type: 'boolean', default: false },
        timeout: { type: 'string', default: '5m' },
        musical: { type: 'string' },
        'no-smoke-test': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new CannotStart(`${(error as Error).message.split('. ')[0]}. npm run deploy -- --help tells what there is.`);
  }
};

const named = (option: string, text: string, longest: number): string => {
  if (NAME.test(text) && text.length <= longest) return text;
  throw new CannotStart(
    `${option} must be at most ${longest} of a-z, 0-9 and -, with neither end a -, and is ${JSON.stringify(text)}.`,
  );
};

export const HELP = `npm run deploy -- [options]

Builds the images, lints and renders the chart, installs or upgrades the release, waits until all is ready, and makes one
reservation. When the upgrade or that reservation fails, the release goes back to what it was. Needs helm (3.14 or later, or
4), kubectl, and a cluster: KUBECONFIG, or whatever kubectl has as its own.

  -r, --release NAME      (outerpark)
  -n, --namespace NAME    (outerpark); it is made when it is not there
  -f, --values FILE       values of the chart, once or more
      --set KEY=VALUE     one value, once or more
      --tag TAG           the images' tag (a new one for what is checked out; with --no-build, the chart's own version)
      --build COMMAND     a shell command that builds one image and gives it to the cluster, with IMAGE and TARGET in its
                          environment (${DOCKER})
      --no-build          the images are there already
      --chart CHART       (k8s/chart of this checkout) or a packed one, or its address, then with --chart-version VERSION
      --timeout DURATION  how long all may take to be ready (5m)
      --musical ID        what the smoke test reserves a seat of, where it may not register a musical of its own
      --no-smoke-test     readiness is enough

Environment: SERVICES_IMAGE, TRIALS_IMAGE, TOOLS_IMAGE (outerpark/services and so on), IMAGE_TAG and BUILD_COMMAND as --tag and
--build, and for the smoke test GATEWAY_URL (a forwarded port) and OUTERPARK_TOKEN (a customer's; not needed with the development issuer).

Exit codes: 0 it runs; 1 nothing was changed; 2 wrong options; 3 it failed and is what it was before; 4 it failed and is not
what it was before.
`;
