import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CannotStart } from './cannot-start';

/** What to do without a broker of our own; ends every sentence about a missing Java or Maven. */
export const OTHER_BROKER = 'or point KAFKA_BROKERS at a running broker, or use docker compose up';

const OLDEST = 17;

export interface Java {
  command: string;
  /** What `java -version` says: the same text means the same JVM. */
  version: string;
}

/** The Java of JAVA_HOME, else of the PATH; throws one clear sentence when there is none or it is too old for Kafka 4. */
export const findJava = (): Java => {
  const home = process.env.JAVA_HOME;
  const command = home ? join(home, 'bin', 'java') : 'java';
  const version = versionOf(command);
  if (version === undefined) {
    const where = home ? `There is no Java at JAVA_HOME (${home})` : 'Java is not installed';
    throw new CannotStart(
      `${where}, and Kafka needs Java ${OLDEST} or later: install it (such as the package openjdk-17-jre-headless), ${OTHER_BROKER}.`,
    );
  }
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const major = Number(first === '1' ? second : first);
  if (major < OLDEST) {
    throw new CannotStart(
      `Java ${major} (${command}) is too old for Kafka 4, which needs Java ${OLDEST} or later: install a later one, ${OTHER_BROKER}.`,
    );
  }
  return { command, version };
};

const versionOf = (command: string): string | undefined => {
  try {
    // `-version` speaks on stderr, `--version` (Java 9 and later) on stdout and in another form.
    return execFileSync('sh', ['-c', '"$0" -version 2>&1', command], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
};
