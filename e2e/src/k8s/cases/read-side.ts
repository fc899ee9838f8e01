import { isDeepStrictEqual } from 'node:util';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { percentile } from '../../faults/load/plan';
import { expecting } from '../api';
import { inOrder } from '../checks/afterwards';
import { untilSettled } from '../checks/settled';
import type { K8sCase } from '../k8s-case';
import { untilPods } from '../pods';
import type { Release } from '../release';

const AWAY = ['musical', 'reservation', 'payment', 'notification'];
const CUSTOMERS = ['alice', 'bob'];
const RESERVATIONS = 5;
const READS = 50;

export const readSide: K8sCase = {
  name: 'cqrs',
  item: 'CQRS',
  title: `${AWAY.join(', ')} scaled to 0 pods: My page is read from its own store`,
  run: async ({ release }) => {
    const gateway = await release.gateway();
    const id = await someReservations(release, gateway);
    await untilSettled(release);
    const before = await eventually(
      async () => {
        const seen = await pages(release, gateway);
        // It is told of the last event of the last reservation, so of all before.
        if (seen[0]!.find((item) => item.id === id)?.notifications.length !== 1)
          throw new Error('My page lacks a notice');
        return seen;
      },
      { withinMs: 30_000, everyMs: 500 },
    );
    await scale(release, 0);
    const seen: string[] = [];
    try {
      await eventually(
        async () => expecting(503, gateway, await release.token('alice'), 'GET', `/api/reservations/${id}`),
        {
          withinMs: 30_000,
          everyMs: 500,
        },
      );
      const took: number[] = [];
      for (let nth = 0; nth < READS; nth++) {
        const since = performance.now();
        const now = await pages(release, gateway);
        took.push(Math.round(performance.now() - since));
        if (!isDeepStrictEqual(now, before)) throw new Error('My page is another one than before');
      }
      const items = before.flat();
      const entries = items.reduce((sum, { timeline }) => sum + timeline.length, 0);
      seen.push(
        `with no pod of theirs left, ${READS} times the same My page of ${CUSTOMERS.join(' and ')} as before: ${items.length} reservations with payments, notices and ${entries} entries of timelines`,
        `both pages in ${percentile(took, 50)} ms (p50), ${percentile(took, 95)} ms (p95); GET /api/reservations/:id is 503 meanwhile`,
      );
    } finally {
      await scale(release, 2);
    }
    return [...seen, ...(await inOrder(release))];
  },
};

async function someReservations(release: Release, gateway: string): Promise<string> {
  const musical = { name: 'Read side', reservableSeats: 100, price: 10_000 };
  const admin = await release.token('admin');
  const { id: musicalId } = await expecting<Musical>(201, gateway, admin, 'POST', '/api/musicals', musical);
  let last = '';
  for (const customer of ['bob', 'alice']) {
    const token = await release.token(customer);
    for (let nth = 0; nth < RESERVATIONS; nth++) {
      const body = { musicalId, seats: 2 };
      last = (await expecting<Reservation>(201, gateway, token, 'POST', '/api/reservations', body)).id;
    }
  }
  return last;
}

const pages = (release: Release, gateway: string): Promise<MyPageItem[][]> =>
  Promise.all(
    CUSTOMERS.map(async (customer) => {
      const path = '/api/mypage?limit=200';
      const page = await expecting<{ items: MyPageItem[] }>(200, gateway, await release.token(customer), 'GET', path);
      return page.items;
    }),
  );

async function scale(release: Release, replicas: number): Promise<void> {
  for (const component of AWAY) {
    await release.kubectl(['scale', await release.workload(component), `--replicas=${replicas}`]);
  }
  for (const component of AWAY) await untilPods(release, component, replicas);
}
