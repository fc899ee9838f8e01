import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART, type Values } from './release';

export interface NextVersion {
  /** A folder. */
  chart: string;
  /** What makes the services of these images those of the next version. */
  values: Values;
  remove(): void;
}

/**
 * The version after this one: the chart by another version, and the images of this one, by their tag, in which reservation has one more
 * migration that does `sql`. That comes by NODE_OPTIONS, so that no other image is needed.
 */
export function nextVersion(version: string, tag: string, sql: string): NextVersion {
  const dir = mkdtempSync(join(tmpdir(), 'outerpark-next-'));
  const chart = join(dir, 'outerpark');
  cpSync(CHART, chart, { recursive: true });
  const file = join(chart, 'Chart.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^(version|appVersion): .*$/gm, `$1: ${version}`));
  return {
    chart,
    values: { image: { tag }, reservation: { env: { NODE_OPTIONS: oneMoreMigration(version, sql) } } },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

function oneMoreMigration(version: string, sql: string): string {
  // A migration of its own for each version, or the second one would be done already.
  const time = 1_999_000_000_000 + Number(version.split('.').at(-1));
  const code = `
import { createRequire } from 'node:module';
const { migrations } = createRequire('/app/')('./reservation/dist/persistence/migrations.js');
migrations.push(class NextVersion${time} {
  async up(runner) { await runner.query(${JSON.stringify(sql)}); }
  async down() {}
});`;
  return `--import=data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}
