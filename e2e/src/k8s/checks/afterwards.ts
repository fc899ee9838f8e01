import type { Finding } from '@outerpark/audit/audit';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { compareViews } from '../../faults/checks/customers';
import { compare, type Promised } from '../../faults/checks/ledger';
import type { Load, LoadResult } from '../load/load';
import { told } from '../load/tally';
import type { Release } from '../release';
import { readLedger, readOutcomes } from '../stores';
import { auditIn } from './audit';
import { untilSettled } from './settled';

const SHOWN = 10;
const VIEWED = ['alice', 'bob'];

/**
 * Ends the load, waits until everything has settled, and compares what customers were told with the stores, the topics, the provider's
 * ledger and My page. Gives what was seen; throws when anything is lost, doubled or wrong, or when availability has to be whole and is not.
 */
export async function afterwards(
  release: Release,
  load: Load,
  { whole = true } = {},
): Promise<{ result: LoadResult; seen: string[] }> {
  const result = await load.stop();
  if (whole && result.failed > 0) throw new Error(`${told(result)}: ${JSON.stringify(failures(result))}`);
  return { result, seen: [told(result), ...(await inOrder(release, result.accepted))] };
}

/** As `afterwards`, without a load: everything is settled and as it has to be. */
export async function inOrder(release: Release, accepted: Promised[] = []): Promise<string[]> {
  const seconds = await untilSettled(release);
  const [outcomes, ledger] = [await readOutcomes(release), await readLedger(release)];
  const wrong = compare(accepted, outcomes, ledger);
  if (wrong.length > 0) throw new Error(shortened(wrong));

  const { findings, ok } = await auditIn(release);
  if (!ok)
    throw new Error(
      shortened(findings.flatMap(({ invariant, breaches }) => breaches.map((one) => `${invariant} ${one}`))),
    );
  await eventually(
    async () => {
      const customers = {
        gateways: [await release.gateway()],
        token: ({ sub }: { sub: string }) => release.token(sub),
      };
      const differences = await compareViews(customers, VIEWED, outcomes);
      if (differences.length > 0) throw new Error(shortened(differences));
    },
    { withinMs: 30_000, everyMs: 1_000 },
  );
  return [
    `settled ${seconds.toFixed(0)} s later; the audit in the cluster: ${figures(findings)}`,
    `the provider's ledger: ${ledger.charges.length.toLocaleString('en')} charges, ${ledger.refunds.length.toLocaleString('en')} refunds, each once and as customers were told (${outcomes.length.toLocaleString('en')} reservations${accepted.length > 0 ? `, ${accepted.length.toLocaleString('en')} of them of this load` : ''})`,
  ];
}

const failures = ({ outcomes }: LoadResult) =>
  outcomes
    .filter(({ answer }) => !/^2/.test(answer))
    .slice(0, SHOWN)
    .map(
      ({ sentAt, call, answer, tookMs }) => `${new Date(sentAt).toISOString()} ${call}: ${answer} after ${tookMs} ms`,
    );

const shortened = (sentences: string[]): string =>
  [...sentences.slice(0, SHOWN), ...(sentences.length > SHOWN ? [`and ${sentences.length - SHOWN} more`] : [])].join(
    '; ',
  );

function figures(findings: Finding[]): string {
  const all = Object.assign({}, ...findings.map(({ checked }) => checked)) as Record<string, number>;
  const shown = ['messages', 'reservations', 'replicas'].filter((name) => all[name] !== undefined);
  return `${findings[0]!.invariant} to ${findings.at(-1)!.invariant} hold (${shown.map((name) => `${all[name]!.toLocaleString('en')} ${name}`).join(', ')})`;
}
