import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, type Report } from '@outerpark/audit/audit';
import { errorMessage } from '@outerpark/chassis/errors';
import { countWebhooks, readLedger, readOutcomes } from './checks/books';
import { compareViews } from './checks/customers';
import { compare } from './checks/ledger';
import { untilSettled } from './checks/settled';
import type { End, FaultCase } from './fault-case';
import { startLoad, type Load } from './load/load';
import { registerShows } from './load/shows';
import { keepEvidence } from './evidence';
import { startSystem, type FaultSystem } from './system/system';

/** A row of the report. */
export interface Row {
  name: string;
  title: string;
  ok: boolean;
  requests: number;
  accepted: number;
  /** Answers of 500 and above, by status and type. */
  faults: Record<string, number>;
  leastInFlight: number;
  /** What was seen to be hit. */
  hit: string[];
  /** I1 to I7: whether it holds. */
  invariants: Record<string, boolean>;
  secondsUntilSettled: number;
  seconds: number;
  /** Why it failed, as sentences. */
  breaches: string[];
}

const IN_FLIGHT = 56;
const A_FEW_IN_FLIGHT = 8;
const LEAST_IN_FLIGHT = 50;
const MOST_REQUESTS = 20_000;
const CUSTOMERS = 120;
const VIEWS = 15;
const WARM_UP_MS = 3_000;
const COOL_DOWN_MS = 2_000;
const SETTLE_LIMIT_MS = 150_000;
const AUDIT_PATIENCE_MS = 30_000;

/** Runs one case in `home`, on everything of its own, and judges it. Keeps logs and stores there when it failed. */
export async function runCase(
  fault: FaultCase,
  { home, seed, say }: { home: string; seed: number; say: (line: string) => void },
): Promise<Row> {
  const since = performance.now();
  const row: Row = {
    name: fault.name,
    title: fault.title,
    ok: false,
    requests: 0,
    accepted: 0,
    faults: {},
    leastInFlight: 0,
    hit: [],
    invariants: {},
    secondsUntilSettled: 0,
    seconds: 0,
    breaches: [],
  };
  let system: FaultSystem | undefined;
  const after = fault.before?.();
  try {
    const { settings, through, faults } = fault;
    system = await startSystem({ home, settings, through, faults });
    await judge(fault, system, row, seed, say);
  } catch (error) {
    row.breaches.push(error instanceof Error ? (error.stack ?? error.message) : errorMessage(error));
  }
  row.ok = row.breaches.length === 0;
  if (system && !row.ok) await keepEvidence(system, row);
  await system?.end();
  after?.();
  if (row.ok) rmSync(home, { recursive: true, force: true });
  row.seconds = (performance.now() - since) / 1000;
  return row;
}

async function judge(
  fault: FaultCase,
  system: FaultSystem,
  row: Row,
  seed: number,
  say: (line: string) => void,
): Promise<void> {
  const forged = new Set<string>();
  const { besides = 0 } = fault;
  const load = await begin(system, seed, besides === 0 ? IN_FLIGHT : A_FEW_IN_FLIGHT);
  await sleep(WARM_UP_MS);
  try {
    row.hit = await fault.run({ system, load, forged, say });
    await sleep(COOL_DOWN_MS);
  } catch (error) {
    row.breaches.push(`not as it should go: ${errorMessage(error)}`);
  }
  await cure(system);
  const ended = performance.now();
  const result = await load.stop();
  const { open } = await untilSettled(system.audited, SETTLE_LIMIT_MS);
  row.secondsUntilSettled = (performance.now() - ended) / 1000;

  row.requests = result.requests;
  row.accepted = result.accepted.length;
  row.leastInFlight = result.leastInFlight + besides;
  row.faults = Object.fromEntries(Object.entries(result.answers).filter(([answer]) => /^(5|no)/.test(answer)));
  say(`${result.seconds.toFixed(0)} s of load: ${JSON.stringify(result.answers)}`);
  row.breaches.push(...open.map((what) => `not settled: ${what}`), ...result.contradictions.slice(0, 20));
  if (row.leastInFlight < LEAST_IN_FLIGHT)
    row.breaches.push(`only ${row.leastInFlight} requests were in flight at a time`);
  if (row.faults['500 internal-error'])
    row.breaches.push(`${row.faults['500 internal-error']} answers were internal-error`);
  if (result.unanswered > 0) row.breaches.push(`${result.unanswered} keys never got a definite answer`);

  const note = (text: string): void => void row.hit.push(text);
  const [outcomes, ledger] = [await readOutcomes(system), await readLedger(system)];
  const end: End = { system, load: result, outcomes, ledger, webhooks: await countWebhooks(system), note };
  row.breaches.push(...compare(result.accepted, end.outcomes, end.ledger).slice(0, 20));
  const report = await audit(system.audited, { patienceMs: AUDIT_PATIENCE_MS });
  say(`audit: ${report.readings} readings, ${(report.tookMs / 1000).toFixed(1)} s`);
  row.invariants = Object.fromEntries(
    report.findings.map(({ invariant, breaches }) => [invariant, unforged(breaches, forged).length === 0]),
  );
  row.breaches.push(...breachesOf(report, forged));
  // The audit has waited until every replica of My page is at the end.
  row.breaches.push(...(await compareViews(system, customersOf(end), end.outcomes)).slice(0, 20));
  row.breaches.push(...((await fault.check?.(end)) ?? []));
}

async function begin(system: FaultSystem, seed: number, inFlight: number): Promise<Load> {
  const shows = await registerShows(system.gateways[0]!, await system.token({ sub: 'admin', roles: ['admin'] }));
  const ids = Array.from({ length: CUSTOMERS }, (_, index) => `customer-${index + 1}`);
  const customers = await Promise.all(ids.map(async (id) => ({ id, token: await system.token({ sub: id }) })));
  const { gateways } = system;
  return startLoad({ gateways, customers, shows, inFlight, seed, mostRequests: MOST_REQUESTS });
}

/** Takes away whatever a case may have left. */
async function cure(system: FaultSystem): Promise<void> {
  for (const process of system.processes) {
    process.signal('SIGCONT');
    process.up();
  }
  await system.network?.cure();
  await Promise.all(system.processes.map((process) => process.ready()));
  await system.provider();
}

const customersOf = ({ load }: End): string[] =>
  [...new Set(load.accepted.map(({ customerId }) => customerId))].slice(0, VIEWS);

const unforged = (breaches: string[], forged: Set<string>): string[] =>
  breaches.filter((breach) => ![...forged].some((aggregate) => breach.includes(aggregate)));

/** What the audit says, but for what this case has forged: of that it has to say something. */
function breachesOf({ findings }: Report, forged: Set<string>): string[] {
  const said = findings.flatMap(({ invariant, breaches }) => breaches.map((breach) => `${invariant} ${breach}`));
  const unseen = [...forged].filter((aggregate) => !said.some((breach) => breach.includes(aggregate)));
  return [
    ...unforged(said, forged).slice(0, 20),
    ...unseen.map((aggregate) => `the audit does not see what was forged of ${aggregate}`),
  ];
}
