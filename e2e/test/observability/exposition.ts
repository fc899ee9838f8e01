export interface Family {
  name: string;
  type: string;
  help: string;
  /** Those that its samples carry, without `service` (every series has it) and `le` (every bucket). */
  labels: string[];
  samples: number;
}

/** What a service tells at `/metrics`, by name: Prometheus's text format. */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const labels = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, kind, about, rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') families.set(about!, { name: about!, type: '', help: rest, labels: [], samples: 0 });
    else if (kind === 'TYPE') families.get(about!)!.type = rest;
    else if (line !== '' && !line.startsWith('#')) {
      const [, sample, inside = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
      if (!sample) throw new Error(`not a sample: ${line}`);
      const family = families.get(sample) ?? families.get(sample.replace(/_(bucket|sum|count)$/, ''));
      if (!family) throw new Error(`a sample of no metric: ${line}`);
      family.samples++;
      const known = labels.get(family.name) ?? new Set();
      for (const [, label] of inside.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label!);
      labels.set(family.name, known);
    }
  }
  for (const family of families.values()) {
    family.labels = [...(labels.get(family.name) ?? [])]
      .filter((label) => label !== 'service' && label !== 'le')
      .sort();
  }
  return families;
}
