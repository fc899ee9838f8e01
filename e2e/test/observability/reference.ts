import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

export interface Documented {
  name: string;
  type: string;
  labels: string[];
  /** Which services have it. */
  of: string[];
  tells: string;
}

const STORED = ['musical', 'reservation', 'payment', 'notification'];
export const SERVICES = ['gateway', ...STORED, 'mypage'];

const servicesOf = (text: string): string[] =>
  text === 'all'
    ? SERVICES
    : text === 'consumers'
      ? [...STORED, 'mypage']
      : text === 'stored'
        ? STORED
        : text.split(', ');

/** The tables of docs/metrics.md: name, type, labels, unit, services, meaning. */
export function documentedMetrics(): Documented[] {
  const rows = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8').matchAll(
    /^\| `(\w+)` \| (\w+) \| (.*?) \| .*? \| (.*?) \| (.*) \|$/gm,
  );
  return [...rows].map(([, name, type, labels, of, tells]) => ({
    name: name!,
    type: type!,
    labels: [...labels!.matchAll(/\w+/g)].map(([label]) => label).sort(),
    of: servicesOf(of!),
    tells: tells!.trim(),
  }));
}
