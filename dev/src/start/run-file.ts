import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from './ports';

type Stored = Exclude<Service, 'mypage'>;

/** What runs, for everything that talks to it: token, demo, audit, tests. It is `.outerpark/run.json` while OuterPark runs. */
export interface RunFile {
  /** The supervisor's. */
  pid: number;
  /** UTC, ISO 8601. */
  startedAt: string;
  portOffset: number;
  gateway: string;
  /** Base URLs, one for each replica. */
  services: Record<Service, string[]>;
  databases: Record<Stored, string>;
  /** mypage's folders, one for each replica. */
  mypageDirs: string[];
  kafkaBrokers: string;
  oidc: { issuer: string; audience: string };
  paymentProvider: string;
  smtp: string;
  /** The inbox's page, when it is ours. */
  mail?: string;
  logs: string;
  /** Process ids by name: what died and was started again has its new one. */
  pids: Record<string, number>;
}

const fileIn = (home: string): string => join(home, 'run.json');

/** Readable by its owner only: it has passwords. */
export const writeRunFile = (home: string, run: RunFile): void => {
  const unfinished = `${fileIn(home)}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileIn(home));
};

export const deleteRunFile = (home: string): void => rmSync(fileIn(home), { force: true });

/** What runs now, or nothing. */
export const readRunFile = (home: string): RunFile | undefined => {
  try {
    return JSON.parse(readFileSync(fileIn(home), 'utf8')) as RunFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
