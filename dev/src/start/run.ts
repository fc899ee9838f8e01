import { existsSync, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { defaultCacheDir, kafkaLibsDir } from '../servers/kafka-libs';
import { ensureDemoMusicals } from './demo-musicals';
import type { Listeners } from './keep-running';
import { createLayers, type Layer } from './layers';
import type { Options } from './options';
import type { Part } from './part';
import { helperPart, kafkaPart, postgresPart, servicePart, serviceParts } from './parts';
import { type PidFiles, pidFiles, takeHome } from './pid-files';
import { type Prepared, prepare } from './prepare';
import { deleteRunFile, type RunFile, writeRunFile } from './run-file';
import { followLogs } from './follow-logs';
import { say } from './terminal';
import { whatNext } from './what-next';

/**
 * Starts everything and keeps it running until `signal`, then stops it in order. Rejects when something cannot start, after it has
 * stopped what had started already.
 */
export const run = async (options: Options, signal: AbortSignal): Promise<void> => {
  const { home } = options;
  mkdirSync(home, { recursive: true });
  const leaveHome = takeHome(home);
  try {
    say(`OuterPark starts in ${home}`);
    const pids = pidFiles(home);
    await startAndKeep(options, await prepare(options, pids), pids, signal);
  } finally {
    deleteRunFile(home);
    leaveHome();
  }
};

const startAndKeep = async (
  options: Options,
  prepared: Prepared,
  pids: PidFiles,
  signal: AbortSignal,
): Promise<void> => {
  const { place, own } = prepared;
  const since = Date.now();
  const runFile = keepRunFile(options, prepared);
  const listeners: Listeners = {
    say,
    started: (part, started) => {
      pids.write(part.name, started);
      runFile.add(part.name, started.pid);
    },
    ended: (part) => pids.remove(part.name),
  };
  const layers = createLayers(listeners, signal);
  const stopFollowing = options.verbose ? followLogs(place.logDir) : undefined;
  try {
    if (own.kafka && !existsSync(kafkaLibsDir(defaultCacheDir))) say('  Maven fetches Kafka, this once (about 45 MB)');
    await layers.start(servers(prepared));
    await layers.start([
      ...serviceParts(place, options.replicas).map((part) => ({ layer: 'services' as const, part })),
      { layer: 'gateway', part: servicePart('gateway', 1, place) },
    ]);
    runFile.publish();
    const musicals = own.issuer ? await demoMusicals(place.at.gateway, place.at.oidc.issuer) : [];
    say(`Ready in ${((Date.now() - since) / 1000).toFixed(1)} s.\n\n${whatNext(prepared, musicals)}`);
    if (!signal.aborted) await once(signal, 'abort');
    say('\nStopping.');
  } finally {
    stopFollowing?.();
    await layers.stopAll();
  }
};

/** What is started of the servers that are not the product: those that the environment does not name. */
const servers = ({ place, own }: Prepared): { layer: Layer; part: Part }[] => [
  ...(own.databases.length ? [{ layer: 'postgres' as const, part: postgresPart(place, own.databases) }] : []),
  ...(own.kafka ? [{ layer: 'kafka' as const, part: kafkaPart(place) }] : []),
  ...(['simulator', 'issuer', 'mail'] as const)
    .filter((name) => own[name])
    .map((name) => ({ layer: 'helpers' as const, part: helperPart(name, place) })),
];

const demoMusicals = async (gateway: string, issuer: string): Promise<Musical[]> => {
  try {
    return await ensureDemoMusicals(gateway, issuer);
  } catch (error) {
    say(`  The demo musicals could not be registered: ${(error as Error).message}`);
    return [];
  }
};

/** The run file appears when everything is ready, and follows what is started again. */
const keepRunFile = ({ home, portOffset }: Options, { place, own }: Prepared) => {
  const { at, logDir, portOf } = place;
  const state: RunFile = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    portOffset,
    ...at,
    ...(own.mail && { mail: `http://127.0.0.1:${portOf('mail')}` }),
    logs: logDir,
    pids: {},
  };
  let published = false;
  const publish = (): void => {
    published = true;
    writeRunFile(home, state);
  };
  return {
    publish,
    add: (name: string, pid: number): void => {
      state.pids[name] = pid;
      if (published) publish();
    },
  };
};
