import type { Metrics } from '@outerpark/chassis/metrics';
import { reportProcess } from '@outerpark/chassis/operators/system';
import { processReport, type ReplicaReport, type SystemReport } from '@outerpark/contracts/http/system';
import type { Request } from 'express';
import { ask } from './gather';
import type { Replica, Replicas } from './replicas';

/** A process that is well answers within two seconds, whatever it waits for. */
const PATIENCE_MS = 3_000;

/** How every replica of every service is, this gateway first, each by its own word. */
export const createSeeSystem =
  (services: Record<string, Pick<Replicas, 'all'>>, metrics: Metrics) =>
  async (req: Request): Promise<SystemReport> => {
    const others = Object.entries(services).flatMap(([service, { all }]) =>
      all.map((replica) => ({ service, replica })),
    );
    const [gateway, ...reports] = await Promise.all([
      reportProcess({ service: 'gateway', metrics, ready: {} }),
      ...others.map(({ service, replica }) => askReplica(req, service, replica)),
    ]);
    return {
      at: new Date().toISOString(),
      services: [{ ...gateway, url: `${req.protocol}://${req.get('host')}`, reachable: true }, ...reports],
      unreachable: reports.filter(({ reachable }) => !reachable).map(({ service, url }) => `${service} at ${url}`),
    };
  };

async function askReplica(req: Request, service: string, replica: Replica): Promise<ReplicaReport> {
  const { url } = replica;
  const told = await ask(req, '/api/admin/system', null, [replica], PATIENCE_MS);
  const said = 'answer' in told ? processReport.safeParse(told.answer) : undefined;
  if (said?.success) return { ...said.data, service, url, reachable: true };
  const reachable = !('away' in told) || told.status !== undefined;
  const notReady = reachable ? 'it does not say how it is' : 'it gave no answer';
  const nothing = { ready: false, uptimeSeconds: null, breakers: [], consumers: [] };
  return { service, url, reachable, notReady, ...nothing };
}
