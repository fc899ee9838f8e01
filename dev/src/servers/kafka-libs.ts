import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { CannotStart, diskFull } from './cannot-start';
import { OTHER_BROKER } from './java';

const VERSION = '4.1.0';
const POM = resolve(__dirname, '../../kafka/pom.xml');

/** Where things that any start may use again are kept: in this checkout, whatever OUTERPARK_HOME says. */
export const defaultCacheDir = resolve(__dirname, '../../../.outerpark/cache');

/** The folder of Kafka's jars, whether they are there yet or not. */
export const kafkaLibsDir = (cacheDir: string): string => join(cacheDir, `kafka-libs-${VERSION}`);

/** The folder of Kafka's jars; fetched by Maven when they are not there yet, beside their place, and moved there when all have come. */
export const fetchKafkaLibs = async (cacheDir = defaultCacheDir, signal?: AbortSignal): Promise<string> => {
  const libs = kafkaLibsDir(cacheDir);
  if (existsSync(libs)) return libs;
  const unfinished = `${libs}.${process.pid}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`, '-DincludeScope=runtime'];
    await promisify(execFile)('mvn', ['-q', '-B', '-Dstyle.color=never', '-f', POM, ...goal], { signal });
    renameSync(unfinished, libs);
  } catch (error) {
    signal?.throwIfAborted();
    // Another start may have been quicker; its jars are as good.
    if (!existsSync(libs)) throw explained(error, cacheDir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return libs;
};

/** All jars, in an order that does not depend on the file system, because the JVM's class archive asks for the very same class path. */
export const classPath = (libs: string): string =>
  readdirSync(libs)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(libs, name))
    .join(':');

const explained = (error: unknown, cacheDir: string): CannotStart => {
  const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
  if (code === 'ENOENT') {
    return new CannotStart(
      `Maven (mvn) is not installed, and the first start fetches Kafka with it: install it (such as the package maven), ${OTHER_BROKER}.`,
    );
  }
  const told = stripVTControlCharacters(`${stdout}${stderr}`).trim() || String(error);
  const why = told
    .split('\n')[0]!
    .replace('[ERROR] ', '')
    .replace(/ -> \[Help.*/, '');
  return (
    diskFull(told, cacheDir) ??
    new CannotStart(
      `Maven could not fetch Kafka ${VERSION}: ${why}. Look at the network or Maven's settings, ${OTHER_BROKER}.`,
    )
  );
};
