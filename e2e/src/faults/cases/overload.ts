import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { End, FaultCase, Trouble } from '../fault-case';
import { percentile } from '../load/plan';
import { metricOf } from '../system/metrics';
import { besiege } from '../system/siege';

type System = Trouble['system'];

const breaker = async (system: System, service: 'payment' | 'reservation', name: string): Promise<number[]> =>
  Promise.all(system.services[service].map((url) => metricOf(url, 'breaker_state', `name="${name}"`)));

const untilBreaker = (system: System, service: 'payment' | 'reservation', name: string, state: 'open' | 'closed') =>
  eventually(
    async () => {
      const levels = await breaker(system, service, name);
      const right = levels.every((level) => (state === 'closed' ? level === 0 : level > 0));
      if (!right) throw new Error(`the breaker of ${name} is not ${state} in each replica: ${levels.join(', ')}`);
    },
    { withinMs: 45_000, everyMs: 100 },
  );

/** Somebody who has reserved during the overload, and is told that the payment comes later. */
const untilDeferred = ({ system, load }: Trouble): Promise<MyPageItem> =>
  eventually(
    async () => {
      const { customerId } = load.progress().latest.at(-1)!;
      const answer = await fetch(`${system.gateways[0]}/api/mypage?limit=50`, {
        headers: { authorization: `Bearer ${await system.token({ sub: customerId })}` },
      });
      const { items } = (await answer.json()) as { items: MyPageItem[] };
      const deferred = items.find(
        ({ status, payment }) => status === 'awaiting_payment' && payment.status === 'deferred',
      );
      if (!deferred) throw new Error(`${customerId} sees no deferred payment`);
      return deferred;
    },
    { withinMs: 30_000, everyMs: 300 },
  );

const SLOW_MS = 4_000;

function providerOverloaded(): FaultCase {
  const times = { overloaded: 0, back: 0 };
  return {
    name: 'overload-provider',
    title:
      'the provider overloaded (slower than its timeout, then down): reservations are accepted as fast as before, their payments deferred, all paid later',
    run: async (trouble) => {
      const { system } = trouble;
      await sleep(8_000);
      times.overloaded = Date.now();
      await system.provider({ latencyMs: SLOW_MS });
      await untilBreaker(system, 'payment', 'payment-provider', 'open');
      const { payment, paymentDeadline } = await untilDeferred(trouble);
      await system.provider({ down: true });
      await sleep(8_000);
      times.back = Date.now();
      await system.provider();
      await untilBreaker(system, 'payment', 'payment-provider', 'closed');
      const told = `told the customer: ${payment.status}, until ${paymentDeadline.slice(11, 19)}`;
      return ['the breaker opened and closed again', told];
    },
    check: (end) => {
      const before = tookMs(end, 0, times.overloaded);
      const during = tookMs(end, times.overloaded, times.back);
      end.note(`accepted before in ${percentiles(before)}, during in ${percentiles(during)} ms (p50, p95)`);
      const charged = chargesEachSecond(end, times.back);
      end.note(`charges in each second after it: ${charged.slice(0, 6).join(', ')}`);
      return [
        ...(during.length > 20 ? [] : [`only ${during.length} reservations were accepted meanwhile`]),
        // Whoever had to wait for the provider would wait that long.
        ...(percentile(during, 95) < SLOW_MS ? [] : ['reservations waited for the provider']),
        ...end.outcomes
          .filter(({ status }) => status === 'expired')
          .map(({ id }) => `reservation ${id}: expired, though its payment had to be deferred`)
          .slice(0, 20),
      ];
    },
  };
}

const tookMs = ({ load }: End, from: number, to: number): number[] =>
  load.accepted.filter(({ sentAt }) => sentAt >= from && sentAt < to).map((one) => one.tookMs);

const percentiles = (ms: number[]): string => [50, 95].map((share) => percentile(ms, share)).join(' and ');

function chargesEachSecond({ ledger }: End, from: number): number[] {
  const counts: number[] = [];
  for (const { createdAt } of ledger.charges) {
    const second = Math.floor((Date.parse(createdAt) - from) / 1000);
    if (second >= 0) counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

const SIEGE = { clients: 100, seconds: 60 };
const PHASE_MS = (SIEGE.seconds * 1000) / 3;
const SEATS = 2_000;

const musicalOverloaded: FaultCase = {
  name: 'overload-musical',
  title: `siege (${SIEGE.clients} clients, ${SIEGE.seconds} s) while musical is slowed for the middle third: the breaker opens and closes, answers stay fast, nothing is oversold`,
  through: ['musical'],
  besides: SIEGE.clients,
  run: async (trouble) => {
    const { system } = trouble;
    const { id } = await register(system);
    const token = await system.token({ sub: 'siege' });
    const reserve = { url: `${system.gateways[0]}/api/reservations`, body: { musicalId: id, seats: 1 }, token };
    const siege = besiege({ ...SIEGE, ...reserve, dir: system.home });

    await sleep(PHASE_MS);
    await system.network!.poison('musical', { latency: 5_000 });
    await untilBreaker(system, 'reservation', 'musical', 'open');
    const refusals = await askedMeanwhile(reserve, PHASE_MS);
    await system.network!.cure();
    const { successful, failed, longest } = await siege;
    await untilBreaker(system, 'reservation', 'musical', 'closed');

    const definite = await definiteAnswers(system);
    if (percentile(refusals, 50) > 1_000)
      throw new Error(`half of all answers took longer than ${percentile(refusals, 50)} ms while it was open`);
    return [
      'the breaker opened and closed again',
      `siege: ${successful} answers below 400, ${failed} of 400 and above, the longest ${longest} s`,
      `definite: ${definite}`,
      `answers while it was open: ${percentiles(refusals)} ms (p50, p95)`,
    ];
  },
};

async function register(system: System): Promise<{ id: string }> {
  const answer = await fetch(`${system.gateways[0]}/api/musicals`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await system.token({ sub: 'admin', roles: ['admin'] })}`,
    },
    body: JSON.stringify({ name: 'Besieged', reservableSeats: SEATS, price: 10_000 }),
  });
  return (await answer.json()) as { id: string };
}

/** How long answers take for somebody who asks now and then, in milliseconds. */
async function askedMeanwhile(
  { url, body, token }: { url: string; body: object; token: string },
  ms: number,
): Promise<number[]> {
  const took: number[] = [];
  for (const until = Date.now() + ms; Date.now() < until; await sleep(200)) {
    const asked = performance.now();
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    await answer.text();
    took.push(Math.round(performance.now() - asked));
  }
  return took;
}

/** Of all calls to reserve that reservation has answered, how many said yes or no. */
async function definiteAnswers(system: System): Promise<string> {
  const count = async (status: string) => {
    const counts = await Promise.all(
      system.services.reservation.map((url) =>
        metricOf(
          url,
          'http_request_duration_seconds_count',
          `method="POST",route="/api/reservations",status="${status}"`,
        ),
      ),
    );
    return counts.reduce((sum, one) => sum + one, 0);
  };
  const [yes, no, later] = [await count('201'), await count('409'), await count('503')];
  return `${yes} times 201, ${no} times 409, and ${later} times 503 at once or after the timeout`;
}

export const overload: FaultCase[] = [providerOverloaded(), musicalOverloaded];
