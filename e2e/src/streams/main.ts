import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { sampleProcesses } from '../soak/processes';
import { startSoakedSystem } from '../soak/system';
import { openStreams, type Audience } from './audience';
import { HELP, readOptions, type StreamsOptions } from './config';

/** So many of the customers reserve, one after the other. */
const RESERVE = 100;
const PAUSE_MS = 50;
/** Reserved, paid, confirmed, notified. */
const STEPS = 4;
const LIMIT_MS = 60_000;
/** Room for what a process has open besides. */
const OTHER_FILES = 500;

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return say(HELP);
  requireFiles(2 * options.streams + OTHER_FILES);
  const most = String(options.streams + 100);
  const system = await startSoakedSystem({
    ...options,
    ...{ minutes: 30, docs: false },
    env: { ...options.env, MOST_STREAMS: most, ADDRESS_STREAMS: most },
  });
  try {
    await measure(options, system);
  } finally {
    await system.stop();
  }
}

async function measure(
  { streams }: StreamsOptions,
  { run, token }: Awaited<ReturnType<typeof startSoakedSystem>>,
): Promise<void> {
  const { gateway } = run;
  const post = async <Body>(path: string, bearer: string, body: unknown): Promise<Body> => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const answer = await fetch(gateway + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`POST ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  };
  const tokens = await Promise.all(Array.from({ length: streams }, (_, index) => token(`watcher-${index}`)));
  const shows = { name: 'Watched', reservableSeats: 1_000, price: 10_000 };
  const musical = await post<Musical>('/api/musicals', await token('admin', 'admin'), shows);
  const idle = await sampleProcesses(run);

  const began = performance.now();
  const audience = await openStreams(gateway, tokens);
  await eventually(() => expectAll(audience, streams), { withinMs: LIMIT_MS });
  say(`${streams} streams are open and shown their page after ${seconds(performance.now() - began)} s`);
  const open = await sampleProcesses(run);
  for (const name of ['gateway', 'mypage']) {
    const [before, after] = [idle[name]!.rssMb, open[name]!.rssMb];
    say(`${name}: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB with them`);
  }

  const reserved = new Map<string, number>();
  for (let nth = 0; nth < RESERVE; nth++) {
    const customer = Math.floor((nth * streams) / RESERVE);
    const wish = { musicalId: musical.id, seats: 1 };
    reserved.set((await post<Reservation>('/api/reservations', tokens[customer]!, wish)).id, customer);
    await sleep(PAUSE_MS);
  }
  const delays = await eventually(() => delaysOf(audience, reserved), { withinMs: LIMIT_MS, everyMs: 500 });
  const at = (share: number) => delays[Math.floor(share * delays.length)]!;
  say(`event to stream, ${delays.length} events: median ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  const busy = await sampleProcesses(run);
  for (const name of ['gateway', 'mypage'])
    say(`${name}: event loop ${busy[name]!.eventLoopP99Ms?.toFixed(0)} ms late (99 %)`);
  const strange = audience.told.filter(({ customer, change }) => reserved.get(change.item.id) !== customer);
  if (strange.length > 0) throw new Error(`${strange.length} changes were told to somebody else`);
  if (audience.lost() > 0) throw new Error(`${audience.lost()} streams were lost`);
  say('nobody was told anything else, and no stream was lost');
  audience.leave();
}

function expectAll({ shown, lost }: Audience, streams: number): void {
  if (shown() !== streams || lost() > 0)
    throw new Error(`${shown()} of ${streams} were shown their page, ${lost()} lost`);
}

/** From each event to its first telling, ascending, in milliseconds. Throws while some are not told yet. */
function delaysOf({ told }: Audience, reserved: Map<string, number>): number[] {
  const first = new Map<string, number>();
  for (const { change, came } of told) {
    for (const { at, type } of change.item.timeline) {
      const event = `${change.item.id} ${type}`;
      if (!first.has(event)) first.set(event, came - Date.parse(at));
    }
  }
  const wanted = reserved.size * STEPS;
  if (first.size < wanted) throw new Error(`${first.size} of ${wanted} events were told`);
  return [...first.values()].sort((a, b) => a - b);
}

/** The gateway has two connections for each stream, and node opens as many files as the system's hard limit lets it. */
function requireFiles(needed: number): void {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: string | number } } };
  const soft = Number(report.userLimits?.open_files?.soft);
  if (soft < needed) throw new Error(`A process may open ${soft} files, and ${needed} are needed: ulimit -n ${needed}`);
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
