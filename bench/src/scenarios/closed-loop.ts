import { driveOne } from '../load/drive';
import { ms, rate, type Scenario } from './scenario';

const CUSTOMERS = [10, 50, 100];

export const closedLoop: Scenario = {
  name: 'closed-loop',
  title: 'Reservations, closed loop',
  what: 'Reservations through the gateway by 10, 50 and 100 customers, over ten musicals; each customer comes again when the answer is there. The sagas go on meanwhile.',
  run: async ({ plan, figures, settled }) => {
    const found: Record<string, number> = {};
    const rows = [];
    for (const atOnce of CUSTOMERS) {
      const outcome = await driveOne(plan({ mix: { reserve: 1 }, pace: { atOnce } }));
      const settledSeconds = await settled();
      found[`reserve${atOnce}`] = outcome.perSecond;
      found[`reserve${atOnce}P99Ms`] = outcome.p99Ms;
      if (figures.httpFloor) found[`reserve${atOnce}ToHttpFloor`] = outcome.perSecond / figures.httpFloor;
      rows.push([
        atOnce,
        rate(outcome.perSecond),
        figures.httpFloor ? `${((100 * outcome.perSecond) / figures.httpFloor).toFixed(0)} %` : '',
        ms(outcome.p50Ms),
        ms(outcome.p99Ms),
        JSON.stringify(outcome.statuses),
        settledSeconds.toFixed(1),
      ]);
    }
    return {
      figures: found,
      charts: [
        {
          file: 'reservations',
          title: 'Reservations accepted a second, closed loop',
          unit: 'a second',
          bars: CUSTOMERS.map((atOnce) => ({ name: `${atOnce} customers`, value: found[`reserve${atOnce}`]! })),
          target: 600,
        },
      ],
      tables: [
        {
          head: [
            'customers',
            'accepted a second',
            'of the floor of HTTP',
            'p50, ms',
            'p99, ms',
            'answers',
            'settled after, s',
          ],
          rows,
        },
      ],
    };
  },
};
