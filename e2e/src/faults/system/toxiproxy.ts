import { eventually } from '@outerpark/chassis/testing/eventually';
import { startDaemon } from '@outerpark/dev/servers/daemon';
import { inherited } from '../../config';
import { goProgram } from '../../go-program';

const TOXIPROXY = { name: 'Toxiproxy', version: 'v2.5.0', package: 'github.com/Shopify/toxiproxy/v2/cmd/server' };

/** What happens to the connections of a proxy; milliseconds. `cut`: they stay open, and nothing comes through any more. */
export type Toxic = { latency: number } | 'cut' | 'reset';

export interface Toxiproxy {
  /** From now on, for all proxies whose name begins so. */
  poison(name: string, toxic: Toxic): Promise<void>;
  /** Takes all toxics away. */
  cure(): Promise<void>;
  stop(): Promise<void>;
}

export interface Proxied {
  name: string;
  /** The port that stands in front. */
  port: number;
  /** The port of the real one. */
  upstream: number;
}

/** Starts Toxiproxy with these proxies; it is built by Go at its first use. */
export async function startToxiproxy(
  port: number,
  proxies: Proxied[],
  { home, logFile, onPid }: { home: string; logFile: string; onPid: (pid: number) => void },
): Promise<Toxiproxy> {
  const binary = await goProgram(TOXIPROXY);
  const daemon = await startDaemon(binary, ['-host', '127.0.0.1', '-port', String(port)], {
    logFile,
    env: { ...inherited(), LOG_LEVEL: 'warn', OUTERPARK_HOME: home },
  });
  onPid(daemon.pid);

  const call = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`Toxiproxy answered ${answer.status} to ${path}: ${await answer.text()}`);
  };
  await eventually(() => call('GET', '/version'));
  for (const { name, port: listen, upstream } of proxies) {
    await call('POST', '/proxies', { name, listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${upstream}` });
  }

  return {
    poison: async (name, toxic) => {
      for (const proxy of proxies.filter((one) => one.name.startsWith(name))) {
        for (const stream of ['upstream', 'downstream']) {
          await call('POST', `/proxies/${proxy.name}/toxics`, { name: stream, stream, ...asToxic(toxic) });
        }
      }
    },
    cure: () => call('POST', '/reset'),
    stop: () => daemon.stop('SIGTERM', 2_000),
  };
}

function asToxic(toxic: Toxic): object {
  if (toxic === 'cut') return { type: 'timeout', attributes: { timeout: 0 } };
  if (toxic === 'reset') return { type: 'reset_peer', attributes: { timeout: 0 } };
  // Half of it each way.
  return { type: 'latency', attributes: { latency: toxic.latency / 2, jitter: toxic.latency / 10 } };
}
