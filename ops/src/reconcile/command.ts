import { parseArgs } from 'node:util';
import { readConfig } from '@outerpark/audit/config';
import type { Command } from '../command';
import { reconcile, type Reconciliation } from './reconcile';

const SHOWN = 3;

export const reconcileCommand: Command = {
  usage: '[--apply]',
  about:
    'Says what it takes to bring stores that were put back to where Kafka and the provider are; with --apply does it',
  run: async (args) => {
    const { values } = parseArgs({ args, options: { apply: { type: 'boolean', default: false } } });
    const done = await reconcile(readConfig(), values.apply);
    console.log(done.map((one) => printed(one, values.apply)).join('\n'));
    return done.some(({ conflicts }) => conflicts.length > 0) ? 1 : 0;
  },
};

/** The plan, or what was done, for people. */
export function printed({ service, asOf, mends, conflicts, applied }: Reconciliation, apply: boolean): string {
  const found = Object.entries(mends).filter(([, items]) => items.length > 0);
  if (found.length === 0 && conflicts.length === 0) return `✓ ${service}: knows all its events`;
  const verb = applied ? 'mended' : apply ? 'left as it was' : 'to mend';
  return [
    `${applied ? '✓' : '✗'} ${service}: is as of ${asOf.toISOString()}, ${verb}`,
    ...found.flatMap(([kind, items]) => [`    ${items.length} ${kind}`, ...shortened(items)]),
    ...(conflicts.length > 0 ? [`    ${conflicts.length} for people to decide`, ...shortened(conflicts)] : []),
  ].join('\n');
}

const shortened = (items: string[]): string[] => [
  ...items.slice(0, SHOWN).map((item) => `        ${item}`),
  ...(items.length > SHOWN ? [`        and ${items.length - SHOWN} more`] : []),
];
