import { driveOne } from '../load/drive';
import { costs } from '../cost';
import { ms, rate, type Scenario } from './scenario';

const RATES = [50, 100, 250];

export const sustained: Scenario = {
  name: 'sustained',
  title: 'Whole sagas, open loop',
  what: 'Reservations at a fixed rate, whether answers have come or not; latency counts from when each was due. Sustained is a rate whose sagas are all whole (paid, notified, on My page) within seconds of the last request.',
  run: async ({ plan, settled }, { run }) => {
    const found: Record<string, number> = {};
    const rows = [];
    const spent = [];
    for (const perSecond of RATES) {
      const before = await costs(run);
      const load = plan({ mix: { reserve: 1 }, pace: { perSecond } });
      const outcome = await driveOne(load).catch((error: unknown) => {
        if (error instanceof Error && error.message.includes('too much')) return undefined;
        throw error;
      });
      const settledSeconds = await settled();
      const after = await costs(run);
      if (!outcome) {
        rows.push([perSecond, 'does not keep up', '', '', '', settledSeconds.toFixed(1)]);
        continue;
      }
      const { p50Ms, p99Ms, statuses } = outcome;
      found[`saga${perSecond}P99Ms`] = p99Ms;
      found[`saga${perSecond}SettledSeconds`] = settledSeconds;
      rows.push([
        perSecond,
        rate(outcome.perSecond),
        ms(p50Ms),
        ms(p99Ms),
        JSON.stringify(statuses),
        settledSeconds.toFixed(1),
      ]);
      const measured = Object.values(statuses).reduce((sum, n) => sum + n, 0);
      const sagas = (measured * (load.warmUpSeconds + load.seconds)) / load.seconds;
      spent.push([
        perSecond,
        ...Object.keys(after).map((name) => {
          const used = after[name]!.cpuSeconds - (before[name]?.cpuSeconds ?? 0);
          return ((used * 1_000) / sagas).toFixed(1);
        }),
      ]);
    }
    return {
      figures: found,
      tables: [
        { head: ['a second', 'accepted a second', 'p50, ms', 'p99, ms', 'answers', 'settled after, s'], rows },
        { head: ['a second', ...Object.keys(run.pids).map((name) => `${name}, CPU ms`)], rows: spent },
      ],
      notes: ['The second table is CPU milliseconds of each process for one whole saga.'],
    };
  },
};
