import { driveOne } from '../load/drive';
import { ms, rate, type Scenario } from './scenario';

export const reads: Scenario = {
  name: 'reads',
  title: 'Reads',
  what: 'A musical with its free seats, and My page, by 100 customers in a closed loop.',
  run: async ({ plan, figures, settled }) => {
    await settled();
    const found: Record<string, number> = {};
    const rows = [];
    for (const action of ['musical', 'mypage'] as const) {
      const { perSecond, p50Ms, p99Ms } = await driveOne(plan({ mix: { [action]: 1 }, pace: { atOnce: 100 } }));
      found[action] = perSecond;
      if (figures.httpFloor) found[`${action}ToHttpFloor`] = perSecond / figures.httpFloor;
      const share = figures.httpFloor ? `${((100 * perSecond) / figures.httpFloor).toFixed(0)} %` : '';
      rows.push([
        action === 'musical' ? 'GET /api/musicals/:id' : 'GET /api/mypage',
        rate(perSecond),
        share,
        ms(p50Ms),
        ms(p99Ms),
      ]);
    }
    const floor = figures.httpFloor;
    return {
      figures: found,
      charts: [
        {
          file: 'reads',
          title: 'Reads, and the floor of HTTP',
          unit: 'a second',
          bars: [
            ...(floor ? [{ name: 'the floor', value: floor }] : []),
            { name: 'GET /api/musicals/:id', value: found.musical! },
            { name: 'GET /api/mypage', value: found.mypage! },
          ],
          ...(floor ? { target: 0.7 * floor } : {}),
        },
      ],
      tables: [{ head: ['call', 'a second', 'of the floor of HTTP', 'p50, ms', 'p99, ms'], rows }],
    };
  },
};
