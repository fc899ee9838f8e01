import { setTimeout as sleep } from 'node:timers/promises';
import type { Act } from './customers';
import type { Action, Outcome, Plan } from './plan';

interface Seen {
  action: Action;
  status: number;
  /** From when the request was due to its answer. */
  ms: number;
  /** When the answer came, by performance.now(). */
  at: number;
}

/** More than this open at once, and an open loop says that the system does not keep up. */
const MOST_OPEN = 10_000;

/** Follows the plan and gives what came of each action in the measured time. Throws when an open loop runs away. */
export async function follow(plan: Plan, act: Act): Promise<Outcome[]> {
  const seen: Seen[] = [];
  const begin = performance.now();
  const from = begin + plan.warmUpSeconds * 1_000;
  const until = from + plan.seconds * 1_000;
  const choose = chooser(plan.mix);

  const one = async (due: number): Promise<void> => {
    const action = choose();
    const status = await act(action);
    const at = performance.now();
    if (at >= from && at < until) seen.push({ action, status, ms: at - due, at });
  };

  if ('atOnce' in plan.pace) {
    const customer = async () => {
      for (let now = performance.now(); now < until; now = performance.now()) await one(now);
    };
    await Promise.all(Array.from({ length: plan.pace.atOnce }, customer));
  } else {
    await openLoop(plan.pace.perSecond, begin, until, one);
  }
  return outcomes(seen, plan.seconds);
}

/** Who has to wait because the system is slow is counted from when he came: no coordinated omission. */
async function openLoop(perSecond: number, begin: number, until: number, one: (due: number) => Promise<void>) {
  const open = new Set<Promise<void>>();
  for (let nth = 0; ; nth++) {
    const due = begin + (nth * 1_000) / perSecond;
    if (due >= until) break;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    if (open.size > MOST_OPEN) throw new Error(`${MOST_OPEN} requests are open: ${perSecond} a second is too much`);
    const request: Promise<void> = one(due).finally(() => open.delete(request));
    open.add(request);
  }
  await Promise.all(open);
}

function chooser(mix: Plan['mix']): () => Action {
  const shares = Object.entries(mix) as [Action, number][];
  return () => {
    let left = Math.random();
    return (shares.find(([, share]) => (left -= share) < 0) ?? shares[0]!)[0];
  };
}

function outcomes(seen: Seen[], seconds: number): Outcome[] {
  const actions = [...new Set(seen.map(({ action }) => action))];
  return actions.map((action) => {
    const mine = seen.filter((one) => one.action === action);
    const good = mine.filter(({ status }) => status > 0 && status < 400).map(({ ms }) => ms);
    good.sort((a, b) => a - b);
    const at = (share: number) => good[Math.min(good.length - 1, Math.floor(good.length * share))] ?? NaN;
    const statuses: Record<string, number> = {};
    for (const { status } of mine) statuses[status] = (statuses[status] ?? 0) + 1;
    return {
      action,
      statuses,
      perSecond: good.length / seconds,
      p50Ms: at(0.5),
      p90Ms: at(0.9),
      p99Ms: at(0.99),
      maxMs: at(1),
    };
  });
}
