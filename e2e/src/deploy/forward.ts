import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { inherited } from '../config';
import { run } from './run';

const services = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ clusterIP: z.string().optional(), ports: z.array(z.object({ name: z.string().optional() })) }),
    }),
  ),
});

/** The Service through which a component is called; undefined when the release has none. */
export async function serviceOf(release: string, namespace: string, component: string): Promise<string | undefined> {
  const labels = `app.kubernetes.io/instance=${release},app.kubernetes.io/component=${component}`;
  const found = await run('kubectl', ['get', 'services', '-n', namespace, '-l', labels, '-o', 'json']);
  return services
    .parse(JSON.parse(found))
    .items.find(({ spec }) => spec.clusterIP !== 'None' && spec.ports.some(({ name }) => name === 'http'))?.metadata
    .name;
}

export interface Forwarded {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  close(): void;
}

/** Reaches one pod behind a Service's port `http` through the API server. Rejects with what kubectl said. */
export function forward(service: string, namespace: string): Promise<Forwarded> {
  const args = ['port-forward', '-n', namespace, '--address', '127.0.0.1', `service/${service}`, ':http'];
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { env: inherited(), stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
    child.on('error', reject);
    child.on('close', () => reject(new Error(`service ${service} cannot be reached: ${told.trim()}`)));
    createInterface(child.stdout).on('line', (line) => {
      const url = /^Forwarding from (\S+) ->/.exec(line)?.[1];
      if (url !== undefined) resolve({ url: `http://${url}`, close: () => child.kill() });
    });
  });
}
