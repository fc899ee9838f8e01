import { createHttpClient } from '@outerpark/chassis/http/client';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { driveOne } from '../load/drive';
import { ms, rate, type Scenario } from './scenario';

export const rush: Scenario = {
  name: 'rush',
  title: 'The hot show',
  what: 'Everybody wants the same grade of the same performance: 100 customers, closed loop, until it is sold out and beyond.',
  run: async (stage, { run }) => {
    const seats = stage.quick ? 500 : 5_000;
    const musicalId = await stage.musical(seats);
    const { perSecond, p50Ms, p99Ms, statuses } = await driveOne(
      stage.plan({ mix: { reserve: 1 }, pace: { atOnce: 100 }, musicals: [musicalId], warmUpSeconds: 0 }),
    );
    const settledSeconds = await stage.settled();
    const http = createHttpClient({ baseUrls: [run.gateway], timeoutMs: 10_000 });
    const left = ((await http.request({ method: 'GET', path: `/api/musicals/${musicalId}` })).body as Musical)
      .performances[0]!.grades[0]!.free;
    await http.close();
    return {
      figures: { rush: perSecond, rushP99Ms: p99Ms },
      tables: [
        {
          head: ['seats', 'accepted a second', 'p50, ms', 'p99, ms', 'answers', 'left', 'settled after, s'],
          rows: [
            [seats, rate(perSecond), ms(p50Ms), ms(p99Ms), JSON.stringify(statuses), left, settledSeconds.toFixed(1)],
          ],
        },
      ],
    };
  },
};
