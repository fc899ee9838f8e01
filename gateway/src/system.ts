import type { Checks } from '@outerpark/chassis/http/health';
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
  (services: Record<string, Pick<Replicas, 'all'>>, own: { metrics: Metrics; ready: Checks }) =>
  async (req: Request): Promise<SystemReport> => {
    const others = Object.entries(services).flatMap(([service, { all }]) =>
      all.length === 0
        ? [Promise.resolve(unknown(service, '', 'no replica is known'))]
        : all.map((replica) => askReplica(req, service, replica)),
    );
    const [gateway, ...reports] = await Promise.all([reportProcess({ service: 'gateway', ...own }), ...others]);
    return {
      at: new Date().toISOString(),
      services: [{ ...gateway, url: `${req.protocol}://${req.get('host')}`, reachable: true }, ...reports],
      unreachable: reports
        .filter(({ reachable }) => !reachable)
        .map(({ service, url }) => (url === '' ? service : `${service} at ${url}`)),
    };
  };

async function askReplica(req: Request, service: string, replica: Replica): Promise<ReplicaReport> {
  const { url } = replica;
  const told = await ask(req, '/api/admin/system', null, [replica], PATIENCE_MS);
  const said = 'answer' in told ? processReport.safeParse(told.answer) : undefined;
  if (said?.success) return { ...said.data, service, url, reachable: true };
  const reachable = !('away' in told) || told.status !== undefined;
  if (!reachable) return unknown(service, url, 'it gave no answer');
  return { ...unknown(service, url, 'it does not say how it is'), reachable };
}

/** Of one that cannot be asked; without a URL nobody knows of one. */
const unknown = (service: string, url: string, notReady: string): ReplicaReport => ({
  ...{ service, url, reachable: false, ready: false, notReady },
  ...{ uptimeSeconds: null, breakers: [], consumers: [] },
});
