import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, type TracingConfig } from './config';
import { errorMessage } from './errors';
import { createLogger, type Logger, type LogLevel } from './logger';
import { createMetrics, type Metrics } from './metrics';
import { loadTracer } from './telemetry/load';
import type { Tracer } from './telemetry/tracer';

export interface RunningService {
  url: string;
  /** From now on it is unready and asks its callers to connect elsewhere, and goes on serving them. */
  drain?(): void;
  stop(): Promise<void>;
}

/** What every service is given to start with. */
export interface ServiceTools {
  logger: Logger;
  metrics: Metrics;
  /** The process is to end, also while it still starts. */
  stopping?: AbortSignal;
  /** Where traces are wanted. */
  tracer?: Tracer | undefined;
}

export interface Shutdown {
  /** Adds a step; steps run one after another in the order in which they were added. */
  onStop(name: string, step: () => unknown): void;
  /** Runs every step once, however often it is called. A step that fails is logged, and the rest still run. */
  run(): Promise<void>;
}

/**
 * The one list of what ends a service. Add the steps in this order: unready, stop intake, finish, leave the group, flush the
 * outbox, close pools.
 */
export function createShutdown(logger: Logger): Shutdown {
  const steps: { name: string; step: () => unknown }[] = [];
  let done: Promise<void> | undefined;

  const runAll = async () => {
    for (const { name, step } of steps) {
      const started = performance.now();
      try {
        await step();
        logger.debug({ step: name, ms: Math.round(performance.now() - started) }, 'shutdown step done');
      } catch (error) {
        logger.error({ err: error, step: name }, 'shutdown step failed');
      }
    }
  };

  return {
    onStop: (name, step) => void steps.push({ name, step }),
    run: () => (done ??= runAll()),
  };
}

const DEADLINE_MS = 25_000;
const EXIT_CONFIG = 2;

type Start<Config> = (config: Config, tools: ServiceTools) => Promise<RunningService>;
export type Host = Pick<NodeJS.Process, 'on' | 'exit' | 'stderr'>;

/**
 * The whole of a main.ts: config, start, and the only place that handles signals. Exits 0 after a complete shutdown, 1 when
 * the start, the shutdown's deadline or anything uncaught failed, 2 when the configuration is not usable.
 */
export async function runService<Config extends { logLevel: LogLevel; drainNoticeMs?: number } & TracingConfig>(
  name: string,
  readConfig: () => Config,
  start: Start<Config>,
  host: Host = process,
): Promise<void> {
  const config = configOrExit(readConfig, host);
  if (config === undefined) return;
  const logger = createLogger(name, config.logLevel);
  const exitOn = (event: 'uncaughtException' | 'unhandledRejection') =>
    host.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      host.exit(1);
    });
  exitOn('uncaughtException');
  exitOn('unhandledRejection');

  const stopping = new AbortController();
  const metrics = createMetrics(name);
  const tracer = loadTracer(name, config, { logger, metrics });
  const tools = { logger, metrics, stopping: stopping.signal, tracer };
  const starting = Promise.resolve().then(() => start(config, tools));
  stopOnSignal(starting, stopping, { logger, tracer, host, noticeMs: config.drainNoticeMs ?? 0 });
  try {
    const { url } = await starting;
    logger.info({ url }, 'started');
  } catch (error) {
    // Whoever is told to end while he waits for something has not failed.
    if (stopping.signal.aborted) return;
    logger.fatal({ err: error }, 'start failed');
    host.exit(1);
  }
}

/** What `readConfig` gives; when it is not usable, says so and ends the process. */
export function configOrExit<Config>(readConfig: () => Config, host: Host): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr.write(`${errorMessage(error)}\n`);
    host.exit(EXIT_CONFIG);
    return undefined;
  }
}

function stopOnSignal(
  starting: Promise<RunningService>,
  stopping: AbortController,
  { logger, tracer, host, noticeMs }: Pick<ServiceTools, 'logger' | 'tracer'> & { host: Host; noticeMs: number },
): void {
  const stop = async (signal: string) => {
    if (stopping.signal.aborted) {
      logger.warn({ signal }, 'second signal: exit at once');
      host.exit(1);
      return;
    }
    stopping.abort();
    logger.info({ signal }, 'shutting down');
    setTimeout(() => {
      logger.error({ deadlineMs: DEADLINE_MS }, 'shutdown deadline passed');
      host.exit(1);
    }, DEADLINE_MS).unref();
    const service = await starting.catch(() => undefined);
    // Whoever has found us by a name, or keeps a connection to us, hears of it before nobody listens any more.
    service?.drain?.();
    if (service?.drain && noticeMs > 0) await sleep(noticeMs);
    await service?.stop();
    await tracer?.shutdown();
    logger.info('shutdown complete');
    host.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) host.on(signal, () => void stop(signal));
}
