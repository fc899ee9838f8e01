import { atLast, type Check, type Invariant } from '../invariant';
import { ledgers, quoted } from './charges';

const ours = { table: 'ledger', key: 'attempt_id', reservation: 'reservation_id' };
const theirs = { table: 'provider_ledger', key: 'key', reservation: 'reference' };

/** Lines of one ledger that the other has not under the same key, with the same amount. */
const matched = (where: string, one: typeof ours, other: typeof ours): Check =>
  atLast(`
    SELECT format('%s %s: %d KRW ${quoted(where)}', l.kind, l.${one.key}, l.amount) AS breach
    FROM ${one.table} l LEFT JOIN ${other.table} o ON o.${other.key} = l.${one.key} AND o.kind = l.kind AND o.amount = l.amount
    WHERE o.kind IS NULL AND l.${one.reservation} NOT IN (SELECT reservation_id FROM waiting)`);

export const money: Invariant = {
  name: 'I4',
  title: 'captured - refunded = the price of all confirmed reservations',
  figures: `SELECT
    (SELECT sum(iif(kind = 'captured', amount, -amount)) FROM ledger) AS "KRW in our ledger",
    (SELECT sum(iif(kind = 'captured', amount, -amount)) FROM provider_ledger)
      AS "KRW in the provider's",
    (SELECT sum(price) FROM reservation WHERE status = 'confirmed') AS "KRW confirmed",
    (SELECT count(*) FROM reservation WHERE status = 'confirmed') AS "confirmed reservations",
    (SELECT count(*) FROM waiting) AS "waiting for the provider"`,
  checks: [
    // Reservation by reservation; when these agree so do the totals, for every line belongs to one.
    ...ledgers.map(({ whose, rows }) =>
      atLast(`
        SELECT format('reservation %s: is %s at %d KRW, and ${quoted(whose)} has %d - %d KRW', id, status, price, captured,
          refunded) AS breach
        FROM ${rows} WHERE captured - refunded <> iif(status = 'confirmed', price, 0)
          AND id NOT IN (SELECT reservation_id FROM waiting)`),
    ),
    matched("in our ledger, not in the provider's", ours, theirs),
    matched("in the provider's ledger, not in ours", theirs, ours),
  ],
};
