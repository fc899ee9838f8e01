import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CannotStart, diskFull } from './cannot-start';
import { classArchive } from './class-archive';
import { type Daemon, logTail, startDaemon, stopLeftOver } from './daemon';
import { isPortFree, portAnswers } from './free-port';
import { findJava, type Java } from './java';
import { kafkaProperties } from './kafka-properties';
import { classPath, fetchKafkaLibs } from './kafka-libs';

export interface KafkaOptions {
  /** Kept between starts: the topics, `server.properties` and `kafka.log` come in here. */
  dir: string;
  port: number;
  controllerPort: number;
  /** Where clients are sent to, when something stands in between; by default `port`. */
  advertisedPort?: number;
  /** Where the jars are, or go to; by default `.outerpark/cache` of this checkout. */
  cacheDir?: string;
  /** Instead of or beside those of kafka-properties.ts. */
  properties?: Record<string, string>;
  /** Further arguments of the storage tool, such as users for SCRAM. */
  formatArgs?: string[];
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

export interface Kafka {
  pid: number;
  /** For `KAFKA_BROKERS`. */
  brokers: string;
  exited: Daemon['exited'];
  /** An orderly shutdown. */
  stop: () => Promise<void>;
  /** Sends any signal, for tests of failures; returns at once for SIGSTOP and SIGCONT, when it has ended for all others. */
  kill: (signal?: NodeJS.Signals) => Promise<void>;
}

const LOGGING = resolve(__dirname, '../../kafka/log4j2.properties');
const CLUSTER_ID = 'outerpark-development0';
const START_LIMIT_MS = 60_000;
/** The first orderly stop after an installation also writes the class archive, which takes some seconds. */
const STOP_LIMIT_MS = 20_000;
/** A small machine's JVM: one that starts fast and keeps to its corner. */
const JVM = [
  '-Xms256m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xlog:disable',
  '-Xlog:all=error:stderr',
];

/** Starts a broker (KRaft, broker and controller in one) on 127.0.0.1 and returns when it answers. What a killed supervisor left running in `dir` is stopped first. */
export const startKafka = async ({
  dir,
  port,
  controllerPort,
  advertisedPort,
  cacheDir,
  properties: ownProperties = {},
  formatArgs = [],
  signal,
}: KafkaOptions): Promise<Kafka> => {
  const java = findJava();
  const libs = await fetchKafkaLibs(cacheDir, signal);
  mkdirSync(dir, { recursive: true });
  const properties = join(dir, 'server.properties');
  const pidFile = join(dir, 'kafka.pid');
  const logFile = join(dir, 'kafka.log');
  const archive = classArchive(libs, java, port);

  if (existsSync(pidFile))
    await stopLeftOver(Number(readFileSync(pidFile, 'utf8')), properties, 'SIGTERM', STOP_LIMIT_MS);
  for (const taken of [port, controllerPort]) {
    if (!(await isPortFree(taken)))
      throw new CannotStart(`Port ${taken}, which Kafka needs, is taken by another program.`);
  }

  const jvm = [...JVM, ...archive.flags, `-Dlog4j2.configurationFile=${LOGGING}`, `-Douterpark.kafka.log=${logFile}`];
  const run = [...jvm, '-cp', classPath(libs)];
  writeFileSync(
    properties,
    kafkaProperties({ dir: join(dir, 'data'), port, controllerPort, advertisedPort, ownProperties }),
  );
  await format(java, [...JVM, ...archive.useOnly, '-cp', classPath(libs)], dir, properties, formatArgs);

  // The log is read for the broker's word that it has started, which must not be that of an earlier start.
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  const daemon = await startDaemon(java.command, [...run, 'kafka.Kafka', properties], {
    logFile: join(dir, 'kafka.out'),
    cwd: dir,
  });
  writeFileSync(pidFile, String(daemon.pid));
  try {
    await waitUntilItAnswers(daemon, port, logFile, signal);
  } catch (error) {
    await daemon.stop('SIGKILL', 0);
    throw error;
  }
  return {
    pid: daemon.pid,
    brokers: `127.0.0.1:${port}`,
    exited: daemon.exited,
    stop: async () => {
      await daemon.stop('SIGTERM', STOP_LIMIT_MS);
      // One that had to be killed may have written half of it.
      if ((await daemon.exited).signal !== 'SIGKILL') archive.keep();
      rmSync(pidFile, { force: true });
    },
    kill: async (signal = 'SIGKILL') => {
      daemon.signal(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await daemon.exited;
    },
  };
};

/** Formats the storage once; without a word when it was done before. */
const format = async (java: Java, run: string[], dir: string, properties: string, args: string[]): Promise<void> => {
  if (existsSync(join(dir, 'data', 'meta.properties'))) return;
  // A format that was interrupted leaves no meta.properties, or not all that belongs to it.
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  try {
    await promisify(execFile)(
      java.command,
      [...run, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...args],
      { cwd: dir },
    );
  } catch (error) {
    const told = String((error as { stderr?: string }).stderr || error).trim();
    throw diskFull(told, dir) ?? new CannotStart(`Kafka could not format its data folder in ${dir}: ${told}`);
  }
};

const waitUntilItAnswers = async (
  daemon: Daemon,
  port: number,
  logFile: string,
  signal?: AbortSignal,
): Promise<void> => {
  const started = (): boolean => existsSync(logFile) && readFileSync(logFile).includes('Kafka Server started');
  for (const until = Date.now() + START_LIMIT_MS; Date.now() < until && daemon.isRunning(); await sleep(50)) {
    signal?.throwIfAborted();
    if (started() && (await portAnswers(port))) return;
  }
  const told = logTail(logFile, 5) || logTail(join(logFile, '../kafka.out'), 5);
  throw diskFull(told, logFile) ?? new CannotStart(`Kafka did not start. Its log, ${logFile}, ends with:\n${told}`);
};
