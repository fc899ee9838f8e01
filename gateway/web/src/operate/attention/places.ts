import type { AttentionItem } from '@outerpark/contracts/http/operators';

/** A page that tells more of an item. */
export interface Place {
  to: string;
  text: 'story' | 'toDeadLetters' | 'toSystem';
  /** Its actions are there. */
  instead?: boolean;
}

const OF_RESERVATIONS = ['intent', 'reservation', 'saga', 'hold', 'payment', 'deferred', 'refund'];
/** The sentence of a notice names its reservation. */
const NAMED = /reservation ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

export function placeOf({ kind, subject, what }: Pick<AttentionItem, 'kind' | 'subject' | 'what'>): Place | undefined {
  if (kind === 'dead-letter') return { to: '/operate/dead-letters', text: 'toDeadLetters', instead: true };
  if (kind === 'outbox' || kind === 'consumer') return { to: '/operate', text: 'toSystem' };
  const reservation = OF_RESERVATIONS.includes(kind) ? subject : NAMED.exec(what)?.[1];
  return reservation ? { to: `/operate/story?id=${encodeURIComponent(reservation)}`, text: 'story' } : undefined;
}
