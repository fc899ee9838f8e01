import { randomBytes } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { K8sCase, Stage } from '../k8s-case';
import type { Pod } from '../pods';
import type { Release } from '../release';

/** The port of each part, but for the one that everybody may reach: the gateway's. */
const CLOSED: Record<string, number[]> = {
  musical: [8081],
  reservation: [8082],
  payment: [8083],
  notification: [8084],
  mypage: [8085],
  postgres: [5432],
  kafka: [9092],
  issuer: [8091],
  simulator: [8090],
  mail: [8092, 8093],
};
/** Pods that may call some parts, and must not reach these. */
const BEYOND: [from: string, to: string, port: number][] = [
  ['gateway', 'postgres', 5432],
  ['gateway', 'kafka', 9092],
  ['musical', 'payment', 8083],
  ['payment', 'musical', 8081],
  ['mypage', 'postgres', 5432],
  ['notification', 'simulator', 8090],
];

export const gateway: K8sCase = {
  name: 'gateway',
  item: 'Gateway',
  title:
    'who reaches what: from pods of nobody in the same and in another namespace, from our own, and through the gateway',
  run: async (stage) => {
    const { release } = stage;
    const pods = await release.pods();
    const address = (component: string, port: number): string => {
      const pod = pods.find((one) => one.component === component && one.ready);
      if (pod === undefined) throw new Error(`no pod of ${component} is ready`);
      return `${pod.ip}:${port}`;
    };
    const closed = Object.entries(CLOSED).flatMap(([component, ports]) =>
      ports.map((port) => address(component, port)),
    );
    const open = address('gateway', 8080);
    for (const { name, reaches, end } of await strangers(stage, pods)) {
      await eventually(
        async () => {
          const reached = await reaches([open, ...closed]);
          if (reached.join() !== open) throw new Error(`${name} reaches ${reached.join(', ') || 'nothing'}`);
        },
        { withinMs: 20_000, everyMs: 1_000 },
      );
      await end();
    }
    for (const [from, to, port] of BEYOND) {
      const pod = pods.find(({ component, ready }) => component === from && ready)!;
      const reached = await connect(release, pod.name, [address(to, port)]);
      if (reached.length > 0) throw new Error(`${from} reaches ${to} on ${port}`);
    }
    // The same look finds what is allowed, so that nothing is blocked by mistake.
    const reservation = pods.find(({ component, ready }) => component === 'reservation' && ready)!;
    const allowed = [address('musical', 8081), address('postgres', 5432), address('kafka', 9092)];
    const reached = await connect(release, reservation.name, allowed);
    if (reached.length !== allowed.length) throw new Error(`reservation reaches only ${reached.join(', ')}`);

    const routed = await notRouted(release);
    return [
      `from a pod of nobody, in the same and in another namespace: 1 of ${closed.length + 1} ports is reached, the gateway's`,
      `between our own pods: ${BEYOND.map(([from, to]) => `${from} to ${to}`).join(', ')} are cut off, reservation to musical, PostgreSQL and Kafka is open`,
      `through the gateway: ${routed.join(', ')}`,
    ];
  },
};

interface Stranger {
  name: string;
  reaches(addresses: string[]): Promise<string[]>;
  end(): Promise<unknown>;
}

async function strangers({ release, another }: Stage, pods: Pod[]): Promise<Stranger[]> {
  const elsewhere = await another('outside');
  const { image } = pods.find(({ component }) => component === 'gateway')!;
  return Promise.all(
    [release, elsewhere].map(async (place) => {
      const name = `stranger-${randomBytes(3).toString('hex')}`;
      await place.kubectl(['create', '-f', '-'], { input: JSON.stringify(podOfNobody(name, image)) });
      await place.kubectl(['wait', '--for=condition=Ready', '--timeout=60s', `pod/${name}`]);
      return {
        name: `a pod in ${place.namespace}`,
        reaches: (addresses) => connect(place, name, addresses),
        end: () => place.kubectl(['delete', 'pod', name, '--now', '--wait=false']),
      };
    }),
  );
}

/** Gone by itself after five minutes, whatever becomes of us. */
const podOfNobody = (name: string, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    restartPolicy: 'Never',
    activeDeadlineSeconds: 300,
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'stranger',
        image,
        imagePullPolicy: 'IfNotPresent',
        args: ['-e', 'setTimeout(() => {}, 300_000)'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

/** Which of these can be connected to from inside a pod, within three seconds. */
async function connect(release: Release, pod: string, addresses: string[]): Promise<string[]> {
  return JSON.parse(await release.exec(pod, ['node', '-e', CONNECT, '--', ...addresses])) as string[];
}

const CONNECT = `
const { connect } = require('node:net');
const reached = (address) => new Promise((resolve) => {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  const end = (found) => { socket.destroy(); resolve(found); };
  socket.once('connect', () => end([address])).once('error', () => end([]));
  setTimeout(end, 3_000, []).unref();
});
Promise.all(process.argv.slice(1).map(reached)).then((found) => process.stdout.write(JSON.stringify(found.flat())));
`;

/** What the gateway lets nobody do. */
async function notRouted(release: Release): Promise<string[]> {
  const gateway = await release.gateway();
  const token = await release.token('alice');
  const asked: [method: string, path: string, expected: number, token: string | undefined][] = [
    ['POST', '/internal/holds', 404, token],
    ['GET', '/metrics', 404, token],
    ['POST', '/api/musicals', 403, token],
    ['GET', '/api/mypage', 401, undefined],
    ['GET', '/api/musicals', 200, undefined],
  ];
  for (const [method, path, expected, bearer] of asked) {
    const { status } = await fetch(gateway + path, {
      method,
      headers: { accept: 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    });
    if (status !== expected) throw new Error(`${method} ${path} was answered by ${status} and not by ${expected}`);
  }
  return asked.map(
    ([method, path, status, bearer]) => `${method} ${path} ${bearer ? 'as a customer' : 'as nobody'} ${status}`,
  );
}
