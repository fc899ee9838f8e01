import { atLast, type Check, type Invariant } from '../invariant';
import { ledgers } from './charges';

/** Both ways: lines of one ledger that the other has not under the same key, with the same amount. */
const matched = (whose: string, ledger: string, key: string, other: string, otherKey: string): Check =>
  atLast(`
    SELECT format('%s %s: %d KRW ${whose}', l.kind, l.${key}, l.amount) AS breach
    FROM ${ledger} l LEFT JOIN ${other} o ON o.${otherKey} = l.${key} AND o.kind = l.kind AND o.amount = l.amount
    WHERE o.kind IS NULL AND l.${ledger === 'ledger' ? 'reservation_id' : 'reference'} NOT IN (SELECT reservation_id FROM waiting)`);

export const money: Invariant = {
  name: 'I4',
  title: 'captured - refunded = the price of all confirmed reservations',
  figures: `SELECT
    (SELECT coalesce(sum(CASE kind WHEN 'captured' THEN amount ELSE -amount END), 0) FROM ledger) AS "KRW in our ledger",
    (SELECT coalesce(sum(CASE kind WHEN 'captured' THEN amount ELSE -amount END), 0) FROM provider_ledger)
      AS "KRW in the provider's",
    (SELECT coalesce(sum(price), 0) FROM reservation WHERE status = 'confirmed') AS "KRW confirmed",
    (SELECT count(*) FROM reservation WHERE status = 'confirmed') AS "confirmed reservations",
    (SELECT count(*) FROM waiting) AS "waiting for the provider"`,
  checks: [
    // Reservation by reservation; when these agree so do the totals, for every line belongs to one.
    ...ledgers.map(({ whose, rows }) =>
      atLast(`
        SELECT format('reservation %s: is %s at %d KRW, and ${whose.replaceAll("'", "''")} has %d - %d KRW', m.id, m.status,
          coalesce(r.price, 0), captured, refunded) AS breach
        FROM ${rows} m LEFT JOIN reservation r ON r.id = m.id
        WHERE captured - refunded <> CASE m.status WHEN 'confirmed' THEN r.price ELSE 0 END
          AND m.id NOT IN (SELECT reservation_id FROM waiting)`),
    ),
    matched("in our ledger, not in the provider''s", 'ledger', 'attempt_id', 'provider_ledger', 'key'),
    matched("in the provider''s ledger, not in ours", 'provider_ledger', 'key', 'ledger', 'attempt_id'),
  ],
};
