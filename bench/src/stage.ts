import { createHttpClient } from '@outerpark/chassis/http/client';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { untilSettled } from '@outerpark/e2e/faults/checks/settled';
import type { LocalSystem } from '@outerpark/e2e/local-system';
import type { Plan } from './load/plan';

/** What every scenario plays on: the running system, people with real tokens, and what the scenarios before have found. */
export interface Stage {
  quick: boolean;
  tokens: string[];
  /** Registers a musical with one performance and one grade, and gives its id. */
  musical(seats: number): Promise<string>;
  /** A plan through the gateway; what is not given is as most scenarios have it. */
  plan(some: Pick<Plan, 'mix' | 'pace'> & Partial<Plan>): Plan;
  /** Waits until every saga has come to its end, and gives the seconds it took. Throws after five minutes. */
  settled(): Promise<number>;
  figures: Record<string, number>;
}

const CUSTOMERS = 1_000;
const PRICE_KRW = 10_000;
const SETTLED_WITHIN_MS = 300_000;

export async function setStage(system: LocalSystem, quick: boolean): Promise<Stage> {
  const tokens: string[] = [];
  for (let n = 0; n < CUSTOMERS; n++) tokens.push(await system.token(`customer-${n}`));
  const admin = await system.token('admin', 'admin');
  const http = createHttpClient({ baseUrls: [system.run.gateway], timeoutMs: 10_000 });
  let count = 0;

  const musical = async (seats: number): Promise<string> => {
    const body = { name: `Bench ${++count}`, reservableSeats: seats, price: PRICE_KRW };
    const answer = await http.request({ method: 'POST', path: '/api/musicals', token: admin, body });
    if (answer.status !== 201) throw new Error(`a musical could not be registered: ${answer.status}`);
    return (answer.body as Musical).id;
  };
  const several: string[] = [];
  for (let n = 0; n < 10; n++) several.push(await musical(1_000_000));

  return {
    quick,
    tokens,
    musical,
    plan: (some) => ({
      url: system.run.gateway,
      tokens,
      musicals: several,
      warmUpSeconds: quick ? 2 : 5,
      seconds: quick ? 5 : 20,
      ...some,
    }),
    settled: async () => {
      const { seconds, open } = await untilSettled(system.run, SETTLED_WITHIN_MS);
      if (open.length > 0) throw new Error(`not settled in ${SETTLED_WITHIN_MS / 1_000} s: ${open.join(', ')}`);
      return seconds;
    },
    figures: {},
  };
}
