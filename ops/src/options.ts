import { parseArgs } from 'node:util';
import { Usage } from './command';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  service: { type: 'string' },
  cursor: { type: 'string' },
  limit: { type: 'string' },
  reason: { type: 'string' },
} as const;

/** Of a list. */
export function listOptions(args: string[]) {
  const { json, service, cursor, limit } = OPTIONS;
  const { values } = parseArgs({ args, options: { json, service, cursor, limit } });
  const { json: asJson, ...query } = values;
  return { json: asJson, query };
}

/** Of something that is done: what it is done to, and why. */
export function actOptions(args: string[], names: string[]) {
  const { json, service, reason } = OPTIONS;
  const { values, positionals } = parseArgs({ args, options: { json, service, reason }, allowPositionals: true });
  if (positionals.length !== names.length) throw new Usage(`It needs ${names.join(' and ')}.`);
  if (!values.reason) throw new Usage('It needs a --reason, for those who read npm run ops -- actions later.');
  return { json: values.json, service: values.service, body: { reason: values.reason }, subjects: positionals };
}

export const LIST_USAGE = '[--service NAME] [--limit N] [--cursor CURSOR] [--json]';
