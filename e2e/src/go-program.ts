import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { defaultCacheDir } from '@outerpark/dev/servers/kafka-libs';
import { inherited } from './config';

export interface GoProgram {
  /** Such as `Toxiproxy`. */
  name: string;
  /** Such as `v2.5.0`. */
  version: string;
  /** Such as `github.com/Shopify/toxiproxy/v2/cmd/server`. */
  package: string;
}

/** The path of a program that Go builds at its first use. Throws CannotStart where Go is missing or too old. */
export async function goProgram({ name, version, package: source }: GoProgram): Promise<string> {
  const dir = join(defaultCacheDir, `${name.toLowerCase()}-${version}`);
  const binary = join(dir, basename(source));
  if (existsSync(binary)) return binary;
  mkdirSync(dir, { recursive: true });
  try {
    await promisify(execFile)('go', ['install', `${source}@${version}`], { env: { ...inherited(), GOBIN: dir } });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new CannotStart(`Go is not installed, and ${name} is built with it: install it (such as from go.dev/dl).`);
    }
    throw new CannotStart(`Go could not build ${name} ${version}: ${String((error as { stderr?: string }).stderr)}`);
  }
  return binary;
}
