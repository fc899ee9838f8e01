import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, ROOT } from './documents';

/** Paths of the documents in docs/ that do not say what the code says: `npm run docs` writes them anew. */
export const staleDocuments = (): string[] =>
  Object.entries(documents())
    .filter(([path, text]) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text)
    .map(([path]) => path);
