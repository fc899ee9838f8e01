import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';

export interface Siege {
  clients: number;
  seconds: number;
  url: string;
  /** To be POSTed; without it the URL is read. */
  body?: object;
  token?: string;
  /** For its two files. */
  dir: string;
  connection?: 'keep-alive' | 'close';
}

export interface SiegeResult {
  /** Answers below 400. */
  successful: number;
  failed: number;
  /** In seconds. */
  longest: number;
}

/** Without these it gives up after a thousand refusals, and does not read answers of unknown length. */
const SETTINGS = `verbose = false
json_output = true
chunked = true
parser = false
protocol = HTTP/1.1
limit = 255
failures = 1000000
`;

/** Asks the same again and again, as many at a time as there are clients. */
export async function besiege(siege: Siege): Promise<SiegeResult> {
  const { clients, seconds, url, body, token, dir, connection = 'keep-alive' } = siege;
  const [settings, urls] = [join(dir, 'siegerc'), join(dir, 'siege-urls')];
  writeFileSync(settings, `${SETTINGS}connection = ${connection}\n`);
  writeFileSync(urls, body === undefined ? `${url}\n` : `${url} POST ${JSON.stringify(body)}\n`);
  const args = ['-R', settings, '-f', urls, '-b', '-c', String(clients), '-t', `${seconds}S`];
  const authorization = token === undefined ? [] : ['-H', `Authorization: Bearer ${token}`];
  const headers = ['--content-type', 'application/json', ...authorization];
  try {
    const { stdout } = await promisify(execFile)('siege', [...args, ...headers], { timeout: (seconds + 30) * 1000 });
    const told = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, number>;
    return {
      successful: told.successful_transactions!,
      failed: told.failed_transactions!,
      longest: told.longest_transaction!,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CannotStart(
      'siege is not installed, and one case of the fault suite is made with it: install it (the package siege).',
    );
  }
}
