import { errorMessage } from '@outerpark/chassis/errors';
import type { KafkaAccess } from '@outerpark/chassis/messaging/kafka-access';

export const STORED = ['musical', 'reservation', 'payment', 'notification'] as const;
export type Stored = (typeof STORED)[number];

/** Where everything is that the audit reads. It writes nowhere, but for the checkpoints when they are asked for. */
export interface AuditedSystem {
  /** postgres:// URLs; a role that may read is enough. */
  databases: Record<Stored, string>;
  kafka: KafkaAccess;
  /** mypage's data folders, one for each replica; without any, nobody looks at what mypage shows. */
  mypageDirs: string[];
  /** Base URL of the payment provider, which gives its ledger. */
  providerUrl: string;
}

/** Something could not be read (or the checkpoint not be written), so nothing can be said. The message is one sentence for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Runs `work`; when it fails, says what it was that could not be read. */
export const reading = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  saying(`${what} could not be read`, work);

/** Runs `work`; when it fails, says what it was that could not be written. */
export const writing = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  saying(`${what} could not be written`, work);

async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`${what}: ${errorMessage(error)}`, { cause: error });
  }
}
