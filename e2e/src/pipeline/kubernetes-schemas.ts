import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { defaultCacheDir } from '@outerpark/dev/servers/kafka-libs';

/** A package that carries the API's schemas of all versions, so that no server of anybody's has to be asked. */
const PACKAGE = 'kubernetes-validate==1.37.0';
/** The oldest that the chart is for, the one that it is tried on, and the newest that the package knows. */
export const VERSIONS = ['1.30.0', '1.34.0', '1.37.0'];

const run = promisify(execFile);

/** Where kubeconform finds the schema of a resource, as its template; fetched at the first use. Throws CannotStart without Python. */
export async function kubernetesSchemas(cacheDir = defaultCacheDir): Promise<string> {
  const place = join(cacheDir, `kubernetes-schemas-${VERSIONS.join('-')}`);
  const complete = join(place, 'complete');
  if (!existsSync(complete)) {
    rmSync(place, { recursive: true, force: true });
    const environment = join(place, 'python');
    const from = await fetched(environment);
    for (const version of VERSIONS) copyStrict(from, place, version);
    rmSync(environment, { recursive: true });
    writeFileSync(complete, '');
  }
  return join(place, '{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json');
}

async function fetched(environment: string): Promise<string> {
  try {
    await run('python3', ['-m', 'venv', environment]);
    await run(join(environment, 'bin/pip'), ['install', '--quiet', '--no-deps', PACKAGE]);
  } catch (error) {
    const told = (error as { stderr?: string }).stderr || String(error);
    throw new CannotStart(`The schemas of Kubernetes need Python 3 with venv and pip: ${told.trim().split('\n')[0]}`);
  }
  const [python] = readdirSync(join(environment, 'lib'));
  return join(environment, 'lib', python!, 'site-packages/kubernetes_validate/kubernetes-json-schema');
}

/** Their `$id` is an address from which the definitions would be fetched; without it they are the file beside. */
function copyStrict(from: string, to: string, version: string): void {
  const source = join(from, `v${version}-local-strict`);
  const target = join(to, `v${version}`);
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(source)) {
    const text = readFileSync(join(source, file), 'utf8').replaceAll('"/api/_definitions.json#', '"_definitions.json#');
    const schema = JSON.parse(text) as Record<string, unknown>;
    delete schema.$id;
    writeFileSync(join(target, file), JSON.stringify(schema));
  }
}
