import { createLogger, type Logger, type LogLevel } from '../logger';
import { configOrExit, type Host } from '../service';

export interface ProgramTools {
  logger: Logger;
  /** The process is to end. */
  stopping: AbortSignal;
}

/** The whole of a program that does one thing and ends. Exits 0 when it is done, 1 when it failed, 2 when the configuration is not usable. */
export async function runProgram<Config extends { logLevel: LogLevel }>(
  name: string,
  readConfig: () => Config,
  work: (config: Config, tools: ProgramTools) => Promise<void>,
  host: Host = process,
): Promise<void> {
  const config = configOrExit(readConfig, host);
  if (config === undefined) return;
  const logger = createLogger(name, config.logLevel);
  const stopping = new AbortController();
  // As the first process of a container it ends at no signal that it does not listen to.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) host.on(signal, () => stopping.abort(new Error(signal)));
  try {
    await work(config, { logger, stopping: stopping.signal });
    host.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'failed');
    host.exit(1);
  }
}
