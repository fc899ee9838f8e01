import { freePort } from '@outerpark/dev/servers/free-port';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface FiringAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
}

export interface Prometheus {
  /** The `data` of an answer of its API, such as of `/api/v1/alerts`. */
  ask<Data>(path: string): Promise<Data>;
  alerts(): Promise<FiringAlert[]>;
  stop(): Promise<void>;
}

/**
 * Starts the Prometheus of this machine, or the one at PROMETHEUS, which scrapes and evaluates every second. Throws a sentence that says
 * what to do when there is none.
 */
export async function startPrometheus(scrapeConfigs: unknown, rules: unknown): Promise<Prometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'outerpark-prometheus-'));
  writeFileSync(join(dir, 'alerts.yaml'), stringify(rules));
  writeFileSync(
    join(dir, 'prometheus.yaml'),
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      scrape_configs: scrapeConfigs,
      rule_files: ['alerts.yaml'],
    }),
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    process.env.PROMETHEUS ?? 'prometheus',
    [
      `--config.file=${join(dir, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(
      `Prometheus cannot be started (${String(error)}): install it (apt-get install prometheus) or name one by PROMETHEUS=/path/to/it.`,
    );
  });
  const ended = once(child, 'exit');

  const ask = async <Data>(path: string): Promise<Data> => {
    const answer = (await (await fetch(url + path)).json()) as { status: string; data: Data };
    if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
    return answer.data;
  };
  const ready = eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${said}`);
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('Prometheus is not ready');
    },
    { withinMs: 20_000 },
  );
  await Promise.race([ready, failed]);

  return {
    ask,
    alerts: async () => (await ask<{ alerts: FiringAlert[] }>('/api/v1/alerts')).alerts,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
