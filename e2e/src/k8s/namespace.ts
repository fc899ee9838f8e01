import { run } from '../deploy/run';

const RESTRICTED = 'pod-security.kubernetes.io/enforce=restricted';

/** Makes a namespace that lets in only what keeps to the restricted pod security standard; when it is there already it stays. */
export async function ensureNamespace(name: string): Promise<void> {
  const known = await run('kubectl', ['get', 'namespace', name, '--ignore-not-found', '-o', 'name']);
  if (known === '') await run('kubectl', ['create', 'namespace', name]);
  await run('kubectl', ['label', '--overwrite', 'namespace', name, RESTRICTED]);
}

/** Takes it away with all that is in it, volumes included. */
export async function removeNamespace(name: string): Promise<void> {
  await run('kubectl', ['delete', 'namespace', name, '--ignore-not-found', '--timeout=180s']);
}
