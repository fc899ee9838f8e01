import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const WEB = join(__dirname, '../../../gateway/web');

/** Throws a sentence that says what to do unless the web pages are built from the sources as they are now. */
export function requireBuiltWeb(): void {
  const index = join(WEB, 'dist/index.html');
  const built = existsSync(index) ? statSync(index).mtimeMs : 0;
  const newer = readdirSync(join(WEB, 'src'), { recursive: true, encoding: 'utf8' }).find(
    (file) => statSync(join(WEB, 'src', file)).mtimeMs > built && /\.(tsx?|css|svg)$/.test(file),
  );
  if (newer) throw new Error(`gateway/web/src/${newer} is newer than the built pages: run npm run build first.`);
}
