import { drive } from '../load/drive';
import { ms, rate, type Scenario } from './scenario';

const MIX = { musical: 0.5, mypage: 0.2, reserve: 0.2, cancel: 0.05, reload: 0.05 };

export const mixed: Scenario = {
  name: 'mixed',
  title: 'A mixed load',
  what: '70 % reads, 20 % reserve, 5 % cancel, 5 % My page opened as a stream; 100 customers, closed loop.',
  run: async ({ plan, settled }) => {
    const seen = await drive(plan({ mix: MIX, pace: { atOnce: 100 } }));
    const settledSeconds = await settled();
    const total = seen.reduce((sum, { perSecond }) => sum + perSecond, 0);
    return {
      figures: { mixed: total },
      tables: [
        {
          head: ['call', 'a second', 'p50, ms', 'p99, ms', 'answers'],
          rows: seen.map((one) => [
            one.action,
            rate(one.perSecond),
            ms(one.p50Ms),
            ms(one.p99Ms),
            JSON.stringify(one.statuses),
          ]),
        },
      ],
      notes: [`${rate(total)} a second in all; settled after ${settledSeconds.toFixed(1)} s.`],
    };
  },
};
