import { eventually } from '@outerpark/chassis/testing/eventually';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { parse } from 'yaml';
import { startSystem, type ServiceName, type System } from '../system';
import { startPrometheus, type Prometheus } from './prometheus';
import { ROOT, SERVICES } from './reference';

// A real Prometheus scrapes the real services, as docs/metrics.md says how, and evaluates the alerts as they are, but without their patience.
let system: System;
let prometheus: Prometheus;

interface Rules {
  groups: { rules: { alert?: string; for?: string }[] }[];
}

function withoutPatience(): Rules {
  const rules = parse(readFileSync(join(ROOT, 'k8s/chart/files/alerts.yaml'), 'utf8')) as Rules;
  for (const rule of rules.groups.flatMap((group) => group.rules)) delete rule.for;
  return rules;
}

/** The example of docs/metrics.md, with the ports of this test. */
function scrapeConfigs(): unknown {
  const [, example] = /```yaml\n(scrape_configs:[^]*?)```/.exec(readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8'))!;
  const { scrape_configs: configs } = parse(example!) as {
    scrape_configs: { static_configs: { targets: string[]; labels: { service: ServiceName } }[] }[];
  };
  for (const target of configs.flatMap((config) => config.static_configs)) {
    target.targets = [new URL(system.url(target.labels.service)).host];
  }
  return configs;
}

async function inDatabase(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

beforeAll(async () => {
  // Nobody sends musical's events.
  system = await startSystem({ env: { musical: { ROLES: 'http,consumer,worker' } } });
  // As if the audit had passed.
  for (const url of Object.values(system.databases)) {
    await inDatabase(url, 'INSERT INTO outbox_checkpoint (seq, as_of) VALUES (0, now())');
  }
  prometheus = await startPrometheus(scrapeConfigs(), withoutPatience());
}, 60_000);
afterAll(async () => {
  await prometheus?.stop();
  await system.shutDown();
}, 60_000);

const firing = async () => {
  const alerts = await prometheus.alerts();
  return alerts.map(({ labels }) => [labels.alertname, labels.service].join(' ').trim()).sort();
};

test('while all is well every target is up, every rule can be evaluated, and nothing fires', async () => {
  await eventually(
    async () => {
      const { activeTargets } = await prometheus.ask<{
        activeTargets: { labels: Record<string, string>; health: string; lastError: string }[];
      }>('/api/v1/targets');
      expect(activeTargets.map(({ labels, health, lastError }) => [labels.service, health, lastError]).sort()).toEqual(
        SERVICES.map((service) => [service, 'up', '']).sort(),
      );
      const { groups } = await prometheus.ask<{
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      }>('/api/v1/rules');
      const rules = groups.flatMap((group) => group.rules);
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
      expect(rules.length).toBeGreaterThan(40);
      const [up] = (await prometheus.ask<{ result: { value: [number, string] }[] }>('/api/v1/query?query=count(up==1)'))
        .result;
      expect(up?.value[1]).toBe('6');
      expect(await firing()).toEqual([]);
    },
    { withinMs: 30_000, everyMs: 500 },
  );
}, 40_000);

test('a service that is away, and events that do not reach Kafka, fire their alerts with what to read', async () => {
  await (await system.admin()).registers('Unsent', 10);
  await inDatabase(system.databases.musical, `UPDATE outbox SET created_at = now() - interval '5 minutes'`);
  await system.stop('payment');
  await eventually(
    async () =>
      expect(await firing()).toEqual(
        expect.arrayContaining(['OutboxStalled musical', 'ReplicaDown payment', 'ServiceDown payment']),
      ),
    { withinMs: 20_000, everyMs: 500 },
  );
  const alerts = await prometheus.alerts();
  const stalled = alerts.find(({ labels }) => labels.alertname === 'OutboxStalled');
  expect(stalled).toMatchObject({
    state: 'firing',
    labels: { service: 'musical', severity: 'critical' },
    annotations: { summary: "musical's events do not reach Kafka", runbook_url: 'docs/runbook.md#outboxstalled' },
  });
  expect(stalled!.annotations.description).toMatch(/^The oldest has waited 5m \d+s\./);
}, 40_000);
