import type { DeadLetter, DeadLetterCause, Replayed } from '@outerpark/contracts/http/operators';

export interface Group {
  cause: DeadLetterCause;
  /** Those of its dead letters that are loaded. */
  letters: DeadLetter[];
}

const nameOf = ({ service, cause }: { service: string; cause: string }): string => `${service}/${cause}`;

/** Dead letters under their causes, in the order of the causes. What waits behind another one has that one's cause or none. */
export function groupsOf(causes: DeadLetterCause[], letters: DeadLetter[]): Group[] {
  const byCause = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const name = nameOf(letter);
    byCause.set(name, [...(byCause.get(name) ?? []), letter]);
  }
  return causes.map((cause) => ({ cause, letters: byCause.get(nameOf(cause)) ?? [] }));
}

/** What a replay came to over all services. */
export function sumOfReplays(items: Replayed[]): {
  replayed: number;
  failed: { service: string; aggregate: string; why: string }[];
} {
  return {
    replayed: items.reduce((sum, { replayed }) => sum + replayed, 0),
    failed: items.flatMap(({ service, failed }) => failed.map(({ aggregate, why }) => ({ service, aggregate, why }))),
  };
}
