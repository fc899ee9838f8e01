import { randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { expecting } from '../api';
import type { K8sCase } from '../k8s-case';
import type { Pod } from '../pods';
import type { Release } from '../release';
import { SERVICES } from '../values';

interface Line {
  correlationId?: string;
  traceId?: string;
  event?: string;
}

/** Every replica of My page applies every event; of the other services one pod has the request, and perhaps others its events. */
export const correlation: K8sCase = {
  name: 'correlation',
  item: 'Correlation, request/response',
  title: 'one reservation with an X-Correlation-Id of the customer: who of all pods has it in the log',
  run: async ({ release }) => {
    const gateway = await release.gateway();
    const musical = { name: 'Traced', reservableSeats: 10, price: 10_000 };
    const admin = await release.token('admin');
    const { id: musicalId } = await expecting<Musical>(201, gateway, admin, 'POST', '/api/musicals', musical);
    const correlationId = `k8s-${randomUUID()}`;
    const answer = await fetch(`${gateway}/api/reservations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await release.token('alice')}`,
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
      },
      body: JSON.stringify({ musicalId, seats: 1 }),
    });
    await answer.text();
    if (answer.status !== 201 || answer.headers.get('x-correlation-id') !== correlationId)
      throw new Error(`answered by ${answer.status} with X-Correlation-Id ${answer.headers.get('x-correlation-id')}`);

    const pods = (await release.pods()).filter(({ component }) => (SERVICES as readonly string[]).includes(component));
    const found = await eventually(() => whoHasIt(release, pods, correlationId), { withinMs: 60_000, everyMs: 2_000 });
    const lines = found.flatMap(({ lines }) => lines);
    const traces = new Set(lines.map(({ traceId }) => traceId));
    if (traces.size !== 1) throw new Error(`its lines are of ${traces.size} traces`);
    const all = await release.kubectl([
      'logs',
      ...[
        '--selector',
        `app.kubernetes.io/instance=${release.name}`,
        '--tail=-1',
        '--since=10m',
        '--max-log-requests=50',
      ],
    ]);
    const counted = all.split('\n').filter((line) => line.includes(correlationId)).length;
    return [
      `${lines.length} lines in ${found.length} of ${pods.length} pods, all of one trace: ${found.map(({ pod, lines }) => `${pod.component} ${lines.length}`).join(', ')}`,
      `kubectl logs over all pods finds ${counted} lines by the id alone; the answer had it too`,
    ];
  },
};

async function whoHasIt(release: Release, pods: Pod[], correlationId: string): Promise<{ pod: Pod; lines: Line[] }[]> {
  const found: { pod: Pod; lines: Line[] }[] = [];
  for (const pod of pods) {
    const log = await release.kubectl(['logs', pod.name, '--since=5m', '--tail=-1']);
    const lines = log
      .split('\n')
      .filter((line) => line.includes(correlationId))
      .map((line) => JSON.parse(line) as Line);
    if (lines.length > 0) found.push({ pod, lines });
  }
  const silent = SERVICES.filter((service) => !found.some(({ pod }) => pod.component === service));
  if (silent.length > 0) throw new Error(`${silent.join(', ')} logged nothing with ${correlationId}`);
  const told = (component: string) =>
    found.filter(({ pod }) => pod.component === component).flatMap(({ lines }) => lines.map(({ event }) => event));
  for (const [component, event] of Object.entries(LAST)) {
    if (!told(component).includes(event)) throw new Error(`${component} did not log ${event} with ${correlationId}`);
  }
  return found;
}

/** The last event of the story that each one hears. */
const LAST = {
  payment: 'SeatsReserved',
  reservation: 'PaymentApproved',
  musical: 'ReservationConfirmed',
  notification: 'ReservationConfirmed',
  mypage: 'NotificationSent',
};
