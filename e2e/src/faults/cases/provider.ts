import { setTimeout as sleep } from 'node:timers/promises';
import type { End, FaultCase } from '../fault-case';

/** Switches the provider's faults on for a while. */
const switched = (
  name: string,
  title: string,
  faults: Record<string, unknown>,
  ms: number,
  check?: FaultCase['check'],
): FaultCase => ({
  name,
  title,
  run: async ({ system }) => {
    await system.provider(faults);
    await sleep(ms);
    await system.provider();
    return [JSON.stringify(faults)];
  },
  check,
});

const nobodyExpired = ({ outcomes }: End): string[] =>
  outcomes
    .filter(({ status }) => status === 'expired')
    .map(({ id }) => `reservation ${id}: expired, though its payment had to be deferred`)
    .slice(0, 20);

/** Longer than the payment window of the suite, with its grace. */
const LONGER_THAN_A_DEADLINE_MS = 36_000;

export const provider: FaultCase[] = [
  switched(
    'provider-answers-lost',
    'the provider charges and its answer is lost',
    { noAnswer: 'after' },
    12_000,
    nobodyExpired,
  ),
  switched(
    'provider-errors',
    'the provider answers half of all calls by 500, and slowly',
    { errorRate: 0.5, latencyMs: 300 },
    12_000,
    nobodyExpired,
  ),
  switched('provider-too-many-requests', 'the provider answers 429', { tooManyRequests: true }, 10_000, nobodyExpired),
  switched('provider-declines', 'the provider declines every charge', { declineAll: true }, 10_000),
  switched(
    'provider-down-for-long',
    'the provider down for longer than a payment deadline',
    { down: true },
    LONGER_THAN_A_DEADLINE_MS,
    nobodyExpired,
  ),
  switched(
    'provider-webhooks',
    'webhooks of the provider late, three times each and in any order, and every answer of its charges lost',
    { noAnswer: 'after', webhooks: { duplicates: 2, delayMs: 1_500, reordered: true } },
    12_000,
    (end) => [...nobodyExpired(end), ...heard(end)],
  ),
];

/** Each webhook is remembered by its id, so the table tells how many came. */
const heard = ({ webhooks }: End): string[] => (webhooks > 0 ? [] : ['payment has heard no webhook']);
