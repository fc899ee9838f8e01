import type { Topic } from '@outerpark/contracts/topics';
import { PermanentError } from '../errors';

/**
 * The port to the message broker. `kafka.ts` is its one adapter; the conformance suite (test/broker-conformance.ts) says what an adapter
 * has to do. Topics and groups are the ones of this installation: a prefix, if any, is the adapter's business.
 */
export interface Broker {
  /** Resolves when every message is stored by the broker; throws when one may not be. Order is kept within a key. No message may be over 1 MB. */
  publish(messages: OutgoingMessage[]): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  /** The offset after the last message of each partition of a topic, at least as new as the call. */
  ends(topic: Topic): Promise<number[]>;
  /**
   * All topics can be used when it resolves; those that are missing it creates, or throws when it may not. Throws WrongPartitionCount
   * when a topic has another number of partitions than the contract says.
   */
  ensureTopics(options?: { create: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Keys would go to other partitions than before, so the order within an aggregate would be lost: nothing may run. */
export class WrongPartitionCount extends PermanentError {}

export interface OutgoingMessage {
  topic: Topic;
  /** The aggregate's id: decides the partition, and so the order. */
  key: string;
  headers: Record<string, string>;
  /** null is a tombstone. */
  value: string | null;
}

export interface IncomingMessage {
  offset: number;
  key: string;
  headers: Record<string, string>;
  value: string | null;
}

export interface IncomingBatch {
  topic: Topic;
  partition: number;
  /** In order of offset, without gaps but for what compaction took. */
  messages: IncomingMessage[];
}

/** Where to go on: at `next`; after a pause when there is one. */
export interface BatchOutcome {
  next: number;
  pauseMs?: number;
}

export interface SubscribeOptions {
  groupId: string;
  /** Of a reader for a while: it commits nothing, so its group leaves no trace. */
  transient?: boolean;
  topics: Topic[];
  /** The service's own next offset of a partition. Asked on each assignment; the broker's committed offsets only show lag. */
  position(topic: Topic, partition: number): Promise<number>;
  /**
   * Applies a batch from its first message on, as far as it likes: the rest comes again. The shorter it takes, the sooner a member
   * gives way to a rebalance. Must not throw: a failure that may pass is an outcome with `pauseMs`.
   */
  apply(batch: IncomingBatch): Promise<BatchOutcome>;
}

export interface Subscription {
  health(): SubscriptionHealth;
  /** Finishes the batch under way, leaves the group and disconnects. */
  stop(): Promise<void>;
}

export interface SubscriptionHealth {
  /** Member of the group with a heartbeat of late. */
  joined: boolean;
  /** `topic/partition` of what is assigned to this member. */
  assigned: string[];
  /** `topic/partition` of what is paused after a failure. */
  paused: string[];
}
