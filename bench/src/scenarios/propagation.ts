import { eventually } from '@outerpark/chassis/testing/eventually';
import { openStream } from '@outerpark/chassis/testing/event-stream';
import { createHttpClient } from '@outerpark/chassis/http/client';
import type { MyPageChange } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { percentile } from '@outerpark/e2e/soak/fit';
import { drive } from '../load/drive';
import { ms, type Scenario } from './scenario';

/** From the POST until the payment is approved, by the event's own time, and until My page's stream shows it. */
interface Propagation {
  approvedMs: number;
  shownMs: number;
}

const LOAD_PER_SECOND = 100;

export const propagation: Scenario = {
  name: 'propagation',
  title: 'Propagation',
  what: 'From the POST to the payment approved and to My page showing it (by its stream), one reservation at a time, at rest and while 100 reservations a second come in (open loop). The simulator answers at once.',
  run: async (stage, system) => {
    const customer = await system.token('watcher');
    const musicalId = await stage.musical(100_000);
    const http = createHttpClient({ baseUrls: [system.run.gateway], timeoutMs: 10_000 });
    const stream = await openStream(`${system.run.gateway}/api/mypage/stream`, customer);
    const times = stage.quick ? 20 : 100;

    const once = async (): Promise<Propagation> => {
      const from = Date.now();
      const request = {
        method: 'POST',
        path: '/api/reservations',
        token: customer,
        body: { musicalId, seats: 1 },
      } as const;
      const answer = await http.request(request);
      if (answer.status !== 201) throw new Error(`the reservation was answered ${answer.status}`);
      const { id } = answer.body as Reservation;
      return eventually(
        () => {
          for (const { data, at } of stream.events) {
            const { item } = data as MyPageChange;
            const approved = item?.id === id && item.timeline.find(({ type }) => type === 'PaymentApproved');
            if (approved) return { approvedMs: Date.parse(approved.at) - from, shownMs: at - from };
          }
          throw new Error('My page does not show the payment');
        },
        { withinMs: 30_000, everyMs: 2 },
      );
    };
    const series = async (): Promise<Propagation[]> => {
      const seen: Propagation[] = [];
      for (let n = 0; n < times; n++) {
        stream.events.length = 0;
        seen.push(await once());
      }
      return seen;
    };

    try {
      await stage.settled();
      const atRest = await series();
      const seconds = stage.quick ? 10 : 40;
      const load = drive(
        stage.plan({ mix: { reserve: 1 }, pace: { perSecond: LOAD_PER_SECOND }, seconds, warmUpSeconds: 0 }),
      );
      const underLoad = await series();
      await load;
      const of = (seen: Propagation[], which: keyof Propagation, share: number) =>
        percentile(
          seen.map((one) => one[which]),
          share,
        );
      const row = (name: string, seen: Propagation[]) => [
        name,
        ...(['approvedMs', 'shownMs'] as const).flatMap((which) => [
          ms(of(seen, which, 0.5)),
          ms(of(seen, which, 0.99)),
        ]),
      ];
      return {
        figures: {
          approvedMs: of(atRest, 'approvedMs', 0.5),
          shownMs: of(atRest, 'shownMs', 0.5),
          approvedUnderLoadP99Ms: of(underLoad, 'approvedMs', 0.99),
          shownUnderLoadP99Ms: of(underLoad, 'shownMs', 0.99),
        },
        charts: [
          {
            file: 'propagation',
            title: 'From the POST to what follows, median, one at a time',
            unit: 'ms',
            bars: [
              { name: 'payment approved', value: of(atRest, 'approvedMs', 0.5) },
              { name: 'on My page', value: of(atRest, 'shownMs', 0.5) },
            ],
          },
        ],
        tables: [
          {
            head: ['', 'approved, p50 ms', 'p99', 'on My page, p50 ms', 'p99'],
            rows: [row('one at a time', atRest), row(`beside ${LOAD_PER_SECOND} a second`, underLoad)],
          },
        ],
      };
    } finally {
      stream.leave();
      await http.close();
    }
  },
};
