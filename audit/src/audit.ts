import { setTimeout as sleep } from 'node:timers/promises';
import { checkpointsOf, writeCheckpoint, type Checkpoint } from './checkpoint';
import { ask, type Answer, type Invariant, type InvariantName, type Suspicion } from './invariant';
import { charges } from './invariants/charges';
import { delivery } from './invariants/delivery';
import { endings } from './invariants/endings';
import { eventsOfCommits } from './invariants/events';
import { money } from './invariants/money';
import { seats } from './invariants/seats';
import { view } from './invariants/view';
import { createReader, type Reader, type Reading } from './reading';
import { writing, type AuditedSystem } from './system';

export const invariants: Invariant[] = [seats, endings, charges, money, delivery, view, eventsOfCommits];

export interface Finding {
  invariant: InvariantName;
  title: string;
  /** It is not broken, as far as was looked. */
  ok: boolean;
  /** Why it was not looked at; then it says nothing. */
  notLookedAt?: string;
  /** What was looked at, and how much of it. */
  checked: Record<string, number>;
  /** One sentence each, with ids. */
  breaches: string[];
  /** Late by the fault of the payment provider, which does not answer. */
  pending: string[];
}

export interface Report {
  findings: Finding[];
  ok: boolean;
  /** How often everything was read. */
  readings: number;
  tookMs: number;
  /** What was written, when that was asked for and all invariants hold. */
  checkpoints: Checkpoint[];
}

export interface AuditOptions {
  /** For so long a difference that may be under way has to last. */
  patienceMs?: number;
  /** Writes up to where each outbox need not be kept, when all invariants hold. Without it nothing is written anywhere. */
  checkpoint?: boolean;
  /** In place of waiting between two readings, for tests. */
  pause?: (ms: number) => Promise<unknown>;
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = { first: 1_000, longest: 5_000 };

/**
 * Checks the invariants of a system, which may run meanwhile: what looks wrong at a reading counts when it is wrong at the next
 * one too, and as long as the patience lasts when it may only be under way. Throws Unreadable when something cannot be read.
 */
export async function audit(system: AuditedSystem, options: AuditOptions = {}): Promise<Report> {
  const started = performance.now();
  const reader = createReader(system);
  try {
    const { answers, readings, last } = await readUntilSure(reader, options);
    const findings = invariants.map((invariant): Finding => {
      const { name, title } = invariant;
      const notLookedAt = invariant.hidden?.(system);
      if (notLookedAt) return { invariant: name, title, ok: true, notLookedAt, checked: {}, breaches: [], pending: [] };
      const { checked, suspicions, pending } = answers.get(invariant)!;
      const breaches = suspicions.map(({ breach }) => breach);
      return { invariant: name, title, ok: breaches.length === 0, checked, breaches, pending };
    });
    const ok = findings.every((finding) => finding.ok);
    const checkpoints = ok && options.checkpoint ? await writeCheckpoints(last) : [];
    const tookMs = Math.round(performance.now() - started);
    return { findings, ok, readings, tookMs, checkpoints };
  } finally {
    await reader.close();
  }
}

async function writeCheckpoints({ system, copy }: Reading): Promise<Checkpoint[]> {
  const checkpoints = checkpointsOf(copy);
  for (const checkpoint of checkpoints) {
    const { service } = checkpoint;
    await writing(`The checkpoint of ${service}`, () => writeCheckpoint(system.databases[service], checkpoint));
  }
  return checkpoints;
}

async function readUntilSure(
  reader: Reader,
  { patienceMs = PATIENCE_MS, pause = sleep }: AuditOptions,
): Promise<{ answers: Map<Invariant, Answer>; readings: number; last: Reading }> {
  const answers = new Map<Invariant, Answer>();
  let last = await reader.read();
  for (const invariant of invariants) {
    if (!invariant.hidden?.(last.system)) answers.set(invariant, await ask(invariant, last));
  }

  const until = performance.now() + patienceMs;
  const open = (readings: number) =>
    [...answers].filter(([, { suspicions }]) => suspicions.some((suspicion) => !isSure(suspicion, readings, until)));
  let readings = 1;
  for (let pauseMs = PAUSE_MS.first; open(readings).length > 0; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.longest)) {
    await pause(pauseMs);
    last = await reader.read();
    for (const [invariant, { suspicions }] of answers) {
      if (suspicions.length > 0) answers.set(invariant, stillThere(suspicions, await ask(invariant, last)));
    }
    readings += 1;
  }
  return { answers, readings, last };
}

const isSure = ({ settles }: Suspicion, readings: number, until: number): boolean =>
  readings > 1 && (!settles || performance.now() >= until);

const stillThere = (before: Suspicion[], answer: Answer): Answer => {
  const known = new Set(before.map(({ key }) => key));
  return { ...answer, suspicions: answer.suspicions.filter(({ key }) => known.has(key)) };
};
