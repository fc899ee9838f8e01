/** What one reservation came to, as its service says. Amounts in KRW. */
export interface Outcome {
  id: string;
  customerId: string;
  status: 'awaiting_payment' | 'confirmed' | 'cancelled' | 'expired';
  price: number;
  version: number;
}

/** What the load remembers of a reservation that it was given. */
export interface Promised {
  id: string;
  customerId: string;
  price: number;
  cancelled: boolean;
}

/** The payment provider's own books. */
export interface ProviderLedger {
  charges: { key: string; status: string; amount: number; reference: string; createdAt: string }[];
  refunds: { charge: string; amount: number }[];
}

/**
 * Compares what customers were told with what the reservation service knows and what the provider has done, without any of the
 * product's code: one sentence for each difference.
 */
export function compare(promised: Promised[], outcomes: Outcome[], ledger: ProviderLedger): string[] {
  return [...brokenPromises(promised, outcomes), ...wrongMoney(promised, outcomes, ledger)];
}

function brokenPromises(promised: Promised[], outcomes: Outcome[]): string[] {
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return promised.flatMap(({ id, customerId, price, cancelled }) => {
    const outcome = known.get(id);
    if (!outcome) return [`reservation ${id}: was accepted, and is not there`];
    return [
      ...(outcome.customerId === customerId
        ? []
        : [`reservation ${id}: was ${customerId}'s, and is ${outcome.customerId}'s`]),
      ...(outcome.price === price ? [] : [`reservation ${id}: was ${price} KRW, and is ${outcome.price} KRW`]),
      ...(!cancelled || outcome.status === 'cancelled'
        ? []
        : [`reservation ${id}: was answered as cancelled, and is ${outcome.status}`]),
    ];
  });
}

function wrongMoney(promised: Promised[], outcomes: Outcome[], { charges, refunds }: ProviderLedger): string[] {
  const approved = groupBy(
    charges.filter(({ status }) => status === 'approved'),
    ({ reference }) => reference,
  );
  const refunded = groupBy(refunds, ({ charge }) => charge);
  // The price that the customer was told, where there was an answer.
  const prices = new Map([...outcomes, ...promised].map(({ id, price }) => [id, price]));

  const ofReservations = outcomes.flatMap(({ id, status }) => {
    const taken = approved.get(id) ?? [];
    const given = taken.flatMap(({ key }) => refunded.get(key) ?? []);
    const wanted = status === 'confirmed' ? 1 : 0;
    const breaches: string[] = [];
    if (taken.length > 1) breaches.push(`was charged ${taken.length} times`);
    if (taken.some(({ amount }) => amount !== prices.get(id)))
      breaches.push(`was charged another price than ${prices.get(id)} KRW`);
    if (given.length > taken.length) breaches.push(`was refunded ${given.length} times`);
    if (taken.length - given.length !== wanted)
      breaches.push(`has ${taken.length} charges and ${given.length} refunds`);
    const ended = taken.filter(({ key }) => refunded.has(key));
    if (sum(given) !== sum(ended)) breaches.push(`got back ${sum(given)} of ${sum(ended)} KRW`);
    return breaches.map((breach) => `reservation ${id} (${status}): ${breach}`);
  });
  const known = new Set(outcomes.map(({ id }) => id));
  const ofNobody = [...approved.keys()].filter((reference) => !known.has(reference));
  return [...ofReservations, ...ofNobody.map((reference) => `a charge for ${reference}, which is no reservation`)];
}

const sum = (entries: { amount: number }[]): number => entries.reduce((total, { amount }) => total + amount, 0);

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
