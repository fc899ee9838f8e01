import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readQuery } from './promql';
import { documentedMetrics, ROOT } from './reference';

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
interface Look {
  expr: string;
  exp_samples: unknown[];
}
interface Panel {
  title: string;
  targets: { expr: string }[];
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const rules = (parse(read('k8s/chart/files/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
const runbook = read('docs/runbook.md');

const DASHBOARDS = 'k8s/chart/files/dashboards';
const dashboards = readdirSync(join(ROOT, DASHBOARDS)).map((file) => ({
  file,
  ...(JSON.parse(read(`${DASHBOARDS}/${file}`)) as { uid: string; title: string; panels: Panel[] }),
}));

const known = new Map(documentedMetrics().map((metric) => [metric.name, metric]));
/** Of the target, and of a bucket. */
const EVERYWHERE = ['job', 'namespace', 'pod', 'instance', 'service', 'le'];

/** What is wrong with a query: names and labels that docs/metrics.md does not know, or series of somebody else. */
function faultsOf(query: string): string[] {
  const faults: string[] = [];
  const { selectors, grouping } = readQuery(query.replaceAll('$__rate_interval', '1m'));
  const labels = new Set(EVERYWHERE);
  for (const { metric, matchers } of selectors) {
    if (recorded.has(metric)) continue;
    const documented = known.get(metric) ?? known.get(metric.replace(/_(bucket|sum|count)$/, ''));
    if (!documented && metric !== 'up') faults.push(`${metric} is not in docs/metrics.md`);
    const has = [...EVERYWHERE, ...(documented?.labels ?? [])];
    for (const label of has) labels.add(label);
    faults.push(...Object.keys(matchers).flatMap((label) => (has.includes(label) ? [] : `${metric} has no ${label}`)));
    if (matchers.job !== 'outerpark') faults.push(`${metric} is not asked of the job outerpark`);
  }
  faults.push(...grouping.flatMap((label) => (labels.has(label) ? [] : `nothing has the label ${label}`)));
  return faults.map((fault) => `${fault}: ${query}`);
}

test('a query of something else is found out', () => {
  expect(faultsOf('sum by (colour) (rate(cats_total{job="outerpark"}[$__rate_interval]))')).toHaveLength(2);
  expect(faultsOf('consumer_lag{job="outerpark", status="200"} + dead_letters_open')).toHaveLength(2);
  expect(() => faultsOf('sum(')).toThrow('not PromQL');
});

describe('alerts', () => {
  test('have names of their own, and ask only for what docs/metrics.md has', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(alerts.length).toBeGreaterThan(20);
    expect(rules.flatMap(({ expr }) => faultsOf(expr))).toEqual([]);
  });

  test.each(alerts)('$alert says how bad it is, what it is, and where it is written what to do', (rule) => {
    expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(critical|warning)$/) as string });
    expect(rule.annotations).toEqual({
      summary: expect.any(String) as string,
      description: expect.stringMatching(/\S+ \S+/) as string,
      runbook_url: `docs/runbook.md#${rule.alert!.toLowerCase()}`,
    });
    const [, section = ''] = runbook.split(`\n### ${rule.alert}\n`);
    expect(section).toMatch(new RegExp(`^\\*\\*${rule.labels!.severity}\\.\\*\\* `));
    const own = section.split('\n#', 1)[0]!;
    expect(own).toMatch(/^- Wait: /m);
  });

  test('the runbook tells of no other', () => {
    const told = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  test('are each tried: once firing, once not', () => {
    const { tests } = parse(read('k8s/alerts.test.yaml')) as { tests: { promql_expr_test: Look[] }[] };
    const looks = tests.flatMap((one) => one.promql_expr_test);
    const of = (name: string) => looks.filter(({ expr }) => expr.includes(`alertname="${name}"`));
    const untried = alerts.flatMap(({ alert }) => {
      const firing = of(alert!).map(({ exp_samples: samples }) => samples.length > 0);
      return firing.includes(true) && firing.includes(false) ? [] : alert;
    });
    expect(untried).toEqual([]);
  });
});

describe('dashboards', () => {
  test('are told apart', () => {
    expect(dashboards.length).toBeGreaterThanOrEqual(3);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    const documented = read('docs/metrics.md');
    for (const { file } of dashboards) expect(documented).toContain(`\`${file}\``);
  });

  test.each(dashboards)('$file asks only for what docs/metrics.md has', ({ panels }) => {
    expect(panels.filter(({ targets }) => targets.length === 0)).toEqual([]);
    expect(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => faultsOf(expr)))).toEqual([]);
  });
});
