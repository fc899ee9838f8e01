import { type Charge, type Refund, Refused } from './charge';
import { type Journal, openJournal } from './journal';

type Entry = { charge: Charge } | { refund: Refund };

/** What happens to a charge that is seen for the first time. */
export type Outcome =
  { status: 'approved' } | { status: 'declined'; reason: string } | { status: 'requires_action'; url: string };

/** The provider's books. Every change is written down before it is told. Nothing here waits, so requests never interleave. */
export interface Provider {
  charge(key: string, amount: number, reference: string, decide: () => Outcome): Charge;
  find(key: string): Charge;
  cancel(key: string): Charge;
  /** The customer's own decision on the payment page; without effect on a charge that has ended. */
  decide(key: string, approve: boolean): Charge;
  refund(key: string, charge: string, amount: number): Refund;
  ledger(reference?: string): Ledger;
  close(): void;
}

export interface Ledger {
  charges: Charge[];
  refunds: Refund[];
  /** Sums, in KRW. */
  captured: number;
  refunded: number;
}

const total = (entries: { amount: number }[]): number => entries.reduce((sum, { amount }) => sum + amount, 0);

/** Opens the books in `dataDir`, or empty ones in memory. `tell` hears of every change, after it was written down. */
export const openProvider = (
  dataDir?: string,
  tell: (changed: Charge | Refund) => void = () => undefined,
): Provider => {
  const journal: Journal<Entry> | undefined = dataDir === undefined ? undefined : openJournal(dataDir);
  const charges = new Map<string, Charge>();
  const refunds = new Map<string, Refund>();
  const apply = (entry: Entry): void => {
    if ('charge' in entry) charges.set(entry.charge.key, entry.charge);
    else refunds.set(entry.refund.key, entry.refund);
  };
  journal?.entries.forEach(apply);

  const saveCharge = (charge: Charge): Charge => {
    journal?.append({ charge });
    apply({ charge });
    tell(charge);
    return charge;
  };
  const find = (key: string): Charge => {
    const charge = charges.get(key);
    if (!charge) throw new Refused(404, 'There is no charge under that key.');
    return charge;
  };
  const refundsOf = (charge: string): Refund[] => [...refunds.values()].filter((refund) => refund.charge === charge);

  return {
    find,

    charge: (key, amount, reference, decide) => {
      const known = charges.get(key);
      if (known?.amount === 0) return saveCharge({ ...known, amount, reference });
      if (known && (known.amount !== amount || known.reference !== reference)) {
        throw new Refused(422, 'That idempotency key was used for another charge.');
      }
      return known ?? saveCharge({ key, amount, reference, ...decide(), createdAt: new Date().toISOString() });
    },

    cancel: (key) => {
      const known = charges.get(key);
      if (known?.status === 'approved' || known?.status === 'cancelled') return known;
      const { url: _, ...charge } = known ?? { key, amount: 0, reference: '', createdAt: new Date().toISOString() };
      return saveCharge({ ...charge, status: 'cancelled' });
    },

    decide: (key, approve) => {
      const { url, ...known } = find(key);
      if (known.status !== 'requires_action') return { ...known, url };
      if (approve) return saveCharge({ ...known, status: 'approved' });
      return saveCharge({ ...known, status: 'declined', reason: 'The customer declined.' });
    },

    refund: (key, charge, amount) => {
      const known = refunds.get(key);
      if (known && (known.charge !== charge || known.amount !== amount)) {
        throw new Refused(422, 'That idempotency key was used for another refund.');
      }
      if (known) return known;
      const { status, amount: charged } = find(charge);
      const left = (status === 'approved' ? charged : 0) - total(refundsOf(charge));
      if (amount > left) throw new Refused(409, `No more than ${left} KRW of that charge can be refunded.`);
      const refund: Refund = { key, charge, amount, status: 'refunded', createdAt: new Date().toISOString() };
      journal?.append({ refund });
      apply({ refund });
      tell(refund);
      return refund;
    },

    ledger: (reference) => {
      const selected = [...charges.values()].filter(
        (charge) => reference === undefined || charge.reference === reference,
      );
      const keys = new Set(selected.map(({ key }) => key));
      const refunded = [...refunds.values()].filter(({ charge }) => keys.has(charge));
      return {
        charges: selected,
        refunds: refunded,
        captured: total(selected.filter(({ status }) => status === 'approved')),
        refunded: total(refunded),
      };
    },

    close: () => journal?.close(),
  };
};
