import type { DeployOptions } from './options';

/** The arguments that choose the values; they are the same for `helm lint`, `template` and `upgrade`. */
export function valueArguments({ values, set, images }: DeployOptions, tag: string | undefined): string[] {
  const chosen = { ...images, ...(tag === undefined ? {} : { tag }) };
  return [
    ...values.flatMap((file) => ['--values', file]),
    ...Object.entries(chosen).flatMap(([key, value]) => ['--set-string', `image.${key}=${escaped(value)}`]),
    ...set.flatMap((value) => ['--set', value]),
  ];
}

/** Helm reads `a,b=c` of a value as two. */
const escaped = (value: string): string => value.replace(/[,\\]/g, '\\$&');

/** Such as `6 Deployments, 7 Services`, the most frequent kind first. */
export function summary(manifests: string): string {
  const counts = new Map<string, number>();
  for (const [, kind] of manifests.matchAll(/^kind: (\w+)$/gm)) counts.set(kind!, (counts.get(kind!) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`)
    .join(', ');
}

const plural = (kind: string): string => (kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`);
