import { sales as salesAnswer } from '@outerpark/contracts/http/sales';
import { parseArgs } from 'node:util';
import type { Command } from './command';
import { ask } from './gateway';
import { table } from './print';

const text = { type: 'string' } as const;

export const sales: Command = {
  usage: '[--by hour|day] [--from TIME] [--to TIME] [--musical ID] [--performance ID] [--json]',
  about: 'Counts what was sold and cancelled by day or hour (UTC), in KRW',
  run: async (args) => {
    const { values } = parseArgs({
      args,
      options: {
        ...{ by: text, from: text, to: text, musical: text, performance: text },
        json: { type: 'boolean', default: false },
      },
    });
    const { json, musical: musicalId, performance: performanceId, ...range } = values;
    const query = { ...range, musicalId, performanceId };
    const { items } = await ask({ path: '/api/admin/sales', query, answer: salesAnswer });
    const rows = items.map(({ from, cancelled, ...sold }) => ({
      ...{ from, ...sold },
      ...{
        cancelled: cancelled.reservations,
        'cancelled seats': cancelled.seats,
        'cancelled amount': cancelled.amount,
      },
    }));
    console.log(json ? JSON.stringify({ items }, null, 2) : table(rows));
    return 0;
  },
};
