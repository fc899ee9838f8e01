import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { percentile } from '../../faults/load/plan';
import { expecting } from '../api';
import { inOrder } from '../checks/afterwards';
import type { K8sCase } from '../k8s-case';
import type { Release } from '../release';
import { metricIn, psql } from '../stores';

/** So long all of musical's holds wait for a lock that somebody else has. */
const SLOW_S = 20;
const EVERY_MS = 100;
/** An answer while it is open comes at once; reservation's own limit for a hold is 2 s. */
const FAST_MS = 1_000;

interface Asked {
  at: number;
  tookMs: number;
  status: number;
  retryAfter: string | null;
}

export const breaker: K8sCase = {
  name: 'breaker',
  item: 'Circuit breaker',
  title: `musical's seats locked in its database for ${SLOW_S} s, while ${1000 / EVERY_MS} customers a second reserve`,
  run: async ({ release }) => {
    const gateway = await release.gateway();
    const token = await release.token('alice');
    const musical = { name: 'Slow', reservableSeats: 10_000, price: 10_000 };
    const admin = await release.token('admin');
    const { id: musicalId } = await expecting<Musical>(201, gateway, admin, 'POST', '/api/musicals', musical);
    const asking = keepAsking(`${gateway}/api/reservations`, token, musicalId);
    await sleep(3_000);

    const slow = psql(release, 'musical', `BEGIN; LOCK TABLE grade; SELECT pg_sleep(${SLOW_S}); COMMIT`);
    slow.catch(() => undefined);
    const lockedAt = Date.now();
    await untilBreaker(release, 'open');
    const openedAt = Date.now();
    await slow;
    const freeAt = Date.now();
    await untilBreaker(release, 'closed');
    const closedAt = Date.now();
    await sleep(3_000);
    const asked = await asking();

    const before = between(asked, 0, lockedAt);
    const open = between(asked, openedAt, freeAt);
    const after = between(asked, closedAt, Infinity);
    const refused = open.filter(({ status }) => status === 503);
    const took = refused.map(({ tookMs }) => tookMs);
    if (before.some(({ status }) => status !== 201)) throw new Error(`before it: ${statuses(before)}`);
    if (after.length === 0 || after.some(({ status }) => status !== 201))
      throw new Error(`after it: ${statuses(after)}`);
    if (refused.some(({ retryAfter }) => !retryAfter)) throw new Error('a 503 had no Retry-After');
    if (refused.length < 20 || percentile(took, 50) > FAST_MS)
      throw new Error(`while it was open: ${statuses(open)}, half of the refusals in ${percentile(took, 50)} ms`);
    return [
      `open in each pod of reservation ${seconds(lockedAt, openedAt)} after the lock; closed ${seconds(freeAt, closedAt)} after its end`,
      `while it was open: ${statuses(open)}; the 503s, each with Retry-After, in ${percentile(took, 50)} ms (p50), ${percentile(took, 95)} ms (p95)`,
      `before: ${statuses(before)} in ${percentile(
        before.map(({ tookMs }) => tookMs),
        50,
      )} ms (p50); after: ${statuses(after)}`,
      ...(await inOrder(release)),
    ];
  },
};

/** Asks for a seat at a steady pace, whether there are answers or not. The result ends it, and waits for all answers. */
function keepAsking(url: string, token: string, musicalId: string): () => Promise<Asked[]> {
  const asked: Promise<Asked>[] = [];
  const ask = async (): Promise<Asked> => {
    const at = Date.now();
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ musicalId, seats: 1 }),
      signal: AbortSignal.timeout(30_000),
    });
    await answer.text();
    return { at, tookMs: Date.now() - at, status: answer.status, retryAfter: answer.headers.get('retry-after') };
  };
  const timer = setInterval(() => {
    const one = ask();
    one.catch(() => undefined);
    asked.push(one);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return Promise.all(asked);
  };
}

const untilBreaker = (release: Release, state: 'open' | 'closed'): Promise<void> =>
  eventually(
    async () => {
      const pods = (await release.pods('reservation')).filter(({ ready }) => ready);
      const levels = await Promise.all(
        pods.map(({ name }) => metricIn(release, name, 'breaker_state', 'name="musical"')),
      );
      if (levels.some((level) => level > 0 !== (state === 'open')))
        throw new Error(`the breaker is not ${state} in each pod of reservation: ${levels.join(', ')}`);
    },
    { withinMs: 30_000, everyMs: 250 },
  );

const between = (asked: Asked[], from: number, to: number): Asked[] => asked.filter(({ at }) => at >= from && at < to);

function statuses(asked: Asked[]): string {
  const counts = new Map<number, number>();
  for (const { status } of asked) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} times ${status}`).join(', ') || 'nothing';
}

const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
