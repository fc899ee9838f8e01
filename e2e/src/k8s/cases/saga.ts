import {
  cancel,
  register,
  reserve,
  seeFreeSeats,
  seeNotice,
  seeOnMyPage,
  seePayment,
} from '@outerpark/dev/demo/sights';
import { visitor } from '@outerpark/dev/demo/visitor';
import { percentile } from '../../faults/load/plan';
import { inOrder } from '../checks/afterwards';
import type { K8sCase } from '../k8s-case';

const SAGAS = 20;
const SEATS = 200;
const PRICE = 50_000;
const OF_EACH = 2;

export const saga: K8sCase = {
  name: 'saga',
  item: 'Saga',
  title: `${SAGAS} times through the cluster's gateway: reserve, paid, confirmed, notified; then cancel: seats back, refunded, notified`,
  run: async ({ release }) => {
    const gateway = await release.gateway();
    const admin = visitor(gateway, await release.token('admin'));
    const alice = visitor(gateway, await release.token('alice'));
    const [, { id: musicalId }] = await register(admin, { name: 'Saga', reservableSeats: SEATS, price: PRICE });
    const price = OF_EACH * PRICE;
    const took = { forward: [] as number[], back: [] as number[] };

    for (let nth = 0; nth < SAGAS; nth++) {
      const [, { id }] = await timed(took.forward, async () => {
        const made = await reserve(alice, musicalId, OF_EACH);
        await seePayment(alice, made[1].id, { status: 'approved', captured: price, refunded: 0 });
        await seeNotice(alice, made[1].id, 'confirmed');
        return made;
      });
      await seeFreeSeats(alice, musicalId, SEATS - OF_EACH);
      await timed(took.back, async () => {
        await cancel(alice, id);
        await seePayment(alice, id, { status: 'cancelled', captured: price, refunded: price });
        await seeFreeSeats(alice, musicalId, SEATS);
        await seeNotice(alice, id, 'refunded');
      });
      await seeOnMyPage(alice, id, {
        status: 'cancelled',
        payment: 'cancelled',
        notices: ['confirmed', 'refunded'],
        timeline: STORY,
      });
    }
    return [
      `reserved, paid, confirmed and notified after ${figures(took.forward)}`,
      `cancelled, seats back, refunded and notified after ${figures(took.back)}`,
      `each timeline on My page has ${STORY.join(', ')}`,
      ...(await inOrder(release)),
    ];
  },
};

const STORY = [
  'SeatsReserved',
  'PaymentApproved',
  'ReservationConfirmed',
  'ReservationCancelled',
  'SeatsReleased',
  'PaymentCancelled',
];

async function timed<T>(took: number[], work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  const result = await work();
  took.push(Math.round(performance.now() - since));
  return result;
}

const figures = (ms: number[]): string => `${percentile(ms, 50)} ms (p50), ${percentile(ms, 95)} ms (p95)`;
