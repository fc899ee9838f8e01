/** What the provider knows of one charge, by the idempotency key it came under. Amounts are KRW. */
export interface Charge {
  key: string;
  status: 'approved' | 'declined' | 'requires_action' | 'cancelled';
  /** 0, with an empty reference, when the key was cancelled before any charge came under it. */
  amount: number;
  reference: string;
  /** Why it was declined. */
  reason?: string;
  /** Where the customer pays, while it requires action. */
  url?: string;
  /** UTC, ISO 8601. */
  createdAt: string;
}

export interface Refund {
  key: string;
  /** The charge's key. */
  charge: string;
  amount: number;
  status: 'refunded';
  createdAt: string;
}

/** A refusal that the caller is told of: the HTTP status and a sentence. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
