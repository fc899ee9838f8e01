import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { Refused, run } from '../deploy/run';
import { CHECKOUT } from '../deploy/options';
import { goProgram } from '../go-program';
import { kubernetesSchemas, VERSIONS } from './kubernetes-schemas';

const KUBECONFORM = { name: 'kubeconform', version: 'v0.8.0', package: 'github.com/yannh/kubeconform/cmd/kubeconform' };
/** Resources of other people's operators, whose schemas Kubernetes does not know. */
const OTHERS = 'ServiceMonitor,PrometheusRule';

/** Says of every file of values in k8s/chart/ci whether the chart is in order with it, and whether Kubernetes would take what it renders. */
async function check(): Promise<boolean> {
  const chart = join(CHECKOUT, 'k8s/chart');
  const ci = join(chart, 'ci');
  const kubeconform = await goProgram(KUBECONFORM);
  const schemas = await kubernetesSchemas();
  const fits = async (manifests: string): Promise<void> => {
    for (const version of VERSIONS) {
      const options = ['-strict', '-schema-location', schemas, '-kubernetes-version', version, '-skip', OTHERS];
      await run(kubeconform, options, { input: manifests });
    }
  };

  let ok = true;
  const told = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      console.log(`ok      ${what}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      console.log(`FAILED  ${what}\n${error.message}`);
      ok = false;
    }
  };
  const versions = VERSIONS.map((version) => version.replace(/\.0$/, '')).join(', ');
  for (const file of readdirSync(ci).map((name) => join(ci, name))) {
    await told(`${basename(file)}: linted, rendered, fits Kubernetes ${versions}`, async () => {
      await run('helm', ['lint', chart, '--strict', '--quiet', '--values', file]);
      await fits(await run('helm', ['template', 'outerpark', chart, '--values', file]));
    });
  }
  await told(`outerpark.yaml: fits Kubernetes ${versions}`, () =>
    fits(readFileSync(join(CHECKOUT, 'k8s/outerpark.yaml'), 'utf8')),
  );
  return ok;
}

check().then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exitCode = 1;
  },
);
