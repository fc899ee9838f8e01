import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { CHECKOUT } from '../deploy/options';
import { Refused, run } from '../deploy/run';
import { goProgram } from '../go-program';
import { kubernetesSchemas, VERSIONS } from './kubernetes-schemas';

const KUBECONFORM = { name: 'kubeconform', version: 'v0.8.0', package: 'github.com/yannh/kubeconform/cmd/kubeconform' };
const CHART = join(CHECKOUT, 'k8s/chart');
const VALUES = join(CHART, 'ci');
/** Resources of other people's operators, whose schemas Kubernetes does not know. */
const OTHERS = 'ServiceMonitor,PrometheusRule';

/** Says of every file of values in k8s/chart/ci whether the chart is in order with it, and whether Kubernetes would take what it renders. */
async function check(rendered: string): Promise<boolean> {
  const kubeconform = await goProgram(KUBECONFORM);
  const schemas = await kubernetesSchemas();
  let ok = true;
  const told = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      console.log(`ok      ${what}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      console.log(`FAILED  ${what}\n${error.message}`);
      ok = false;
    }
  };

  for (const name of readdirSync(VALUES)) {
    await told(`${name}: linted and rendered`, async () => {
      const values = ['--values', join(VALUES, name)];
      await run('helm', ['lint', CHART, '--strict', '--quiet', ...values]);
      writeFileSync(join(rendered, name), await run('helm', ['template', 'outerpark', CHART, ...values]));
    });
  }
  copyFileSync(join(CHECKOUT, 'k8s/outerpark.yaml'), join(rendered, 'outerpark.yaml'));
  for (const version of VERSIONS) {
    const options = ['-strict', '-schema-location', schemas, '-kubernetes-version', version, '-skip', OTHERS];
    await told(`all of it fits Kubernetes ${version}`, () => run(kubeconform, [...options, rendered]));
  }
  return ok;
}

const rendered = mkdtempSync(join(tmpdir(), 'outerpark-manifests-'));
check(rendered)
  .then(
    (ok) => {
      process.exitCode = ok ? 0 : 1;
    },
    (error: unknown) => {
      console.error(error instanceof CannotStart ? error.message : error);
      process.exitCode = 1;
    },
  )
  .finally(() => rmSync(rendered, { recursive: true }));
