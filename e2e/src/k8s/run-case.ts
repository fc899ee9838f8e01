import { errorMessage } from '@outerpark/chassis/errors';
import { ensureNamespace, removeNamespace } from './namespace';
import type { K8sCase } from './k8s-case';
import { releaseIn, type Where } from './release';

/** A row of the report. */
export interface Row {
  name: string;
  item: string;
  title: string;
  ok: boolean;
  /** What was seen, or what was not as it has to be. */
  seen: string[];
  seconds: number;
}

/** Runs one case, and takes away what it made beside the release. */
export async function runCase(
  { name, item, title, run }: K8sCase,
  where: Where,
  say: (line: string) => void,
): Promise<Row> {
  const since = performance.now();
  const others: string[] = [];
  const row: Row = { name, item, title, ok: false, seen: [], seconds: 0 };
  try {
    row.seen = await run({
      release: releaseIn(where),
      another: async (suffix) => {
        const namespace = `${where.namespace}-${suffix}`;
        others.push(namespace);
        await ensureNamespace(namespace);
        return releaseIn({ ...where, namespace, gatewayUrl: undefined });
      },
      say,
    });
    row.ok = true;
  } catch (error) {
    row.seen = [errorMessage(error)];
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  for (const namespace of others) {
    await removeNamespace(namespace).catch((error: unknown) =>
      say(`${namespace} was not removed: ${errorMessage(error)}`),
    );
  }
  row.seconds = (performance.now() - since) / 1000;
  return row;
}
