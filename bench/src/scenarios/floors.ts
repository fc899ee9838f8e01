import { driveOne } from '../load/drive';
import { startHttpFloor } from '../floor/http';
import { withSqlFloor } from '../floor/sql';
import { ms, rate, type Scenario } from './scenario';

const CUSTOMERS = 100;
const CALLERS = 50;

/** What this machine gives at most, by the same run: every other figure is a ratio to one of these. */
export const floors: Scenario = {
  name: 'floors',
  title: 'The floors',
  what: 'A bare Express behind a bare Express and undici proxy that verifies one ES256 token a request, 100 customers; and one SQL statement a transaction that holds a seat and stores its reservation, 50 callers, synchronous_commit=on.',
  run: async ({ quick, plan }, { run, env }) => {
    const http = await startHttpFloor(run.oidc.issuer, env);
    const hello = (url: string) =>
      driveOne(
        plan({ url, mix: { hello: 1 }, pace: { atOnce: CUSTOMERS }, seconds: quick ? 4 : 10, warmUpSeconds: 2 }),
      );
    try {
      const verifying = await hello(http.verifying);
      const remembering = await hello(http.remembering);
      const sql = await withSqlFloor(run.databases.musical, async (floor) => ({
        many: await floor('many rows', CALLERS, quick ? 3 : 10),
        hot: await floor('one hot row', CALLERS, quick ? 3 : 10),
      }));
      return {
        figures: {
          httpFloor: remembering.perSecond,
          httpFloorVerifying: verifying.perSecond,
          sqlFloor: sql.many.perSecond,
          sqlFloorHotRow: sql.hot.perSecond,
        },
        tables: [
          {
            head: ['floor', 'a second', 'p50, ms', 'p99, ms'],
            rows: [
              [
                'HTTP, a verified token is remembered (as ours are)',
                rate(remembering.perSecond),
                ms(remembering.p50Ms),
                ms(remembering.p99Ms),
              ],
              ['HTTP, each token is verified', rate(verifying.perSecond), ms(verifying.p50Ms), ms(verifying.p99Ms)],
              ['SQL, many rows', rate(sql.many.perSecond), ms(sql.many.p50Ms), ms(sql.many.p99Ms)],
              ['SQL, one hot row', rate(sql.hot.perSecond), ms(sql.hot.p50Ms), ms(sql.hot.p99Ms)],
            ],
          },
        ],
      };
    } finally {
      http.stop();
    }
  },
};
