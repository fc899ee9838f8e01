import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { allCases, SHORT } from './cases/all';
import type { K8sCase } from './k8s-case';

export interface Options {
  help: boolean;
  list: boolean;
  cases: K8sCase[];
  /** Nothing is taken away in the end. */
  keep: boolean;
  namespace: string;
  /** Where the report goes, without its ending; undefined: it is not written. */
  report: string | undefined;
}

export const HELP = `npm run test:k8s -- [options]

Installs OuterPark by npm run deploy into a namespace of its own on the cluster of KUBECONFIG, shows every item of the checklist there,
and takes it away again. Needs kubectl and helm, a cluster with metrics-server, NetworkPolicies and a default storage class, the images
(SERVICES_IMAGE, TRIALS_IMAGE, TOOLS_IMAGE, IMAGE_TAG; by default as the chart says), and siege for one case. The gateway is reached by
its NodePort at 127.0.0.1 or else the node's InternalIP, or by GATEWAY_URL.

  --list            what the cases are
  --only NAME,...   these cases
  --short           a few of them, within ten minutes
  --keep            leave the release and its namespace; the next run takes them over
  --namespace NAME  (outerpark-test)
  --report FILE     put the rows into FILE.md and FILE.json; all cases put them into docs/operations-report
`;

const REPORT = resolve(__dirname, '../../../docs/operations-report');

/** Reads the command line. Throws CannotStart on what it does not know. */
export function readOptions(args: string[]): Options {
  const { help, list, only, short, keep, namespace, report } = parse(args);
  const names = only?.split(',') ?? (short ? SHORT : undefined);
  const unknown = names?.find((name) => !allCases.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new CannotStart(`There is no case ${unknown}; npm run test:k8s -- --list tells which there are.`);
  return {
    help,
    list,
    cases: allCases.filter(({ name }) => names?.includes(name) ?? true),
    keep,
    namespace,
    report: report?.replace(/\.(md|json)$/, '') ?? (names === undefined ? REPORT : undefined),
  };
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        only: { type: 'string' },
        short: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        namespace: { type: 'string', short: 'n', default: 'outerpark-test' },
        report: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new CannotStart(
      `${(error as Error).message.split('. ')[0]}. npm run test:k8s -- --help tells what there is.`,
    );
  }
};
