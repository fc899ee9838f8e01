import type { ChargeOutcome, RefundOutcome } from '../domain/settle';

/** A webhook as it came. Header names in lower case. */
export interface Delivery {
  headers: Record<string, string | string[] | undefined>;
  /** The bytes that were signed, and the JSON that they are. */
  rawBody: Buffer;
  body: unknown;
}

/** A webhook that surely is the provider's. `about` is the key of the charge or refund it is about, if it is about one. */
export interface Webhook {
  /** The same for each time it is sent. */
  id: string;
  about?: string;
}

/**
 * The port to a payment provider. Every call carries a key: the same key never charges or refunds twice, whoever sends it and
 * however often. No call throws: what is not a clear answer is `unknown`. Amounts in KRW.
 */
export interface PaymentProvider {
  /** Charges once under this key, or tells what came of it. `reference` is shown to the customer. */
  charge(request: { key: string; amount: number; reference: string }): Promise<ChargeOutcome>;
  /** What became of a charge. One that the provider does not know is `unknown`: it may still arrive. */
  find(key: string): Promise<ChargeOutcome>;
  /** Sees to it that nothing is charged under this key any more; `approved` when it is too late for that. */
  cancel(key: string): Promise<ChargeOutcome>;
  /** Gives back money of the charge under `chargeKey`, once under this key. */
  refund(request: { key: string; chargeKey: string; amount: number }): Promise<RefundOutcome>;
  /** Reads a webhook that is signed in the provider's way, and not long ago; undefined for any other. */
  verifyWebhook(delivery: Delivery, now: Date): Webhook | undefined;
  /** Whether it may be asked. `one_call`: it did not answer of late, and one call may find out whether it does again. */
  availability(): 'available' | 'one_call' | 'unavailable';
  /** Until it may be asked again, in milliseconds; 0 while it is available. */
  retryAfterMs(): number;
  close(): Promise<void>;
}
