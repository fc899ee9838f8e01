import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, ROOT } from './documents';

for (const [path, text] of Object.entries(documents())) {
  writeFileSync(join(ROOT, path), text);
  console.log(`wrote ${path}`);
}
