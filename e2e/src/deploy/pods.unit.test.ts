import { troubles, type PodList } from './pods';

type Pod = PodList['items'][number];
type Container = Pod['status']['containerStatuses'][number];

const container = (state: Container['state'], rest: Partial<Container> = {}): Container => ({
  name: 'service',
  ready: false,
  restartCount: 0,
  state,
  ...rest,
});

const pod = (containers: Container[], status: Partial<Pod['status']> = {}, metadata = {}): Pod => ({
  metadata: { name: 'gateway-1', ...metadata },
  status: { phase: 'Running', conditions: [], initContainerStatuses: [], containerStatuses: containers, ...status },
});

const says = (...items: Pod[]) => troubles({ items });

test('what is ready, finished or on its way out is no trouble', () => {
  const running = container({ running: {} });
  expect(
    says(
      pod([{ ...running, ready: true }]),
      pod([container({ terminated: { exitCode: 0 } })], { phase: 'Succeeded' }),
      pod([running], {}, { deletionTimestamp: '2026-05-01T10:30:00Z' }),
    ),
  ).toEqual([]);
});

test.each([
  [
    container({ waiting: { reason: 'ErrImagePull', message: 'not found' } }),
    { container: undefined, says: 'waits: ErrImagePull: not found' },
  ],
  [
    container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2 }),
    { container: 'service', says: 'waits: CrashLoopBackOff, started 3 times' },
  ],
  [container({ running: {} }), { container: 'service', says: 'runs and is not ready' }],
  [
    container({ terminated: { reason: 'OOMKilled', exitCode: 137 } }),
    { container: 'service', says: 'ended with 137 (OOMKilled)' },
  ],
])('a container in trouble says why: %j', (status, expected) => {
  expect(says(pod([status]))).toEqual([{ pod: 'gateway-1', ...expected }]);
});

test('a pod without a node says why', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient cpu.' },
  ];
  expect(says(pod([], { phase: 'Pending', conditions }))).toEqual([
    { pod: 'gateway-1', container: undefined, says: 'is not scheduled: 0/1 nodes are available: 1 Insufficient cpu.' },
  ]);
});

test('while an init container is not through, only that one counts', () => {
  const waiting = container({ waiting: { reason: 'PodInitializing' } });
  const init = container({ terminated: { exitCode: 1 } }, { name: 'migrate' });
  expect(says(pod([waiting], { initContainerStatuses: [init] }))).toEqual([
    { pod: 'gateway-1', container: 'migrate', says: 'ended with 1' },
  ]);
});
