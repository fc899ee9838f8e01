import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { eventHeaders } from '@outerpark/contracts/events';
import { z } from 'zod';

const FOLDER = resolve(__dirname, '../../../packages/contracts/test/samples');

const sample = z.object({
  headers: eventHeaders,
  body: z.record(z.string(), z.unknown()),
});
export type Sample = z.infer<typeof sample>;

/** A message as it was once sent: of this type, in this version of its schema. */
export const readSample = (type: string, schemaVersion: number): Sample =>
  sample.parse(JSON.parse(readFileSync(`${FOLDER}/${type}.v${schemaVersion}.json`, 'utf8')));
