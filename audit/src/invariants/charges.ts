import { always, atLast, type Check, type Invariant } from '../invariant';

/** One row for each reservation that a ledger or the reservation service knows. Both ledgers have the same form. */
const money = (ledger: string, reservationId: string): string => `(
  SELECT id, coalesce(max(status), 'unknown') AS status, coalesce(max(price), 0) AS price,
    sum(kind = 'captured') AS captures, sum(iif(kind = 'captured', amount, 0)) AS captured,
    sum(kind = 'refunded') AS refunds, sum(iif(kind = 'refunded', amount, 0)) AS refunded
  FROM (
    SELECT id, status, price, '' AS kind, 0 AS amount FROM reservation
    UNION ALL SELECT ${reservationId}, NULL, NULL, kind, amount FROM ${ledger})
  GROUP BY id)`;

export const ledgers = [
  { whose: 'our ledger', rows: money('ledger', 'reservation_id') },
  { whose: "the provider's ledger", rows: money('provider_ledger', 'reference') },
];

/** As a part of a string in SQL. */
export const quoted = (text: string): string => text.replaceAll("'", "''");

const inEach = (check: (whose: string, rows: string) => Check): Check[] =>
  ledgers.map(({ whose, rows }) => check(quoted(whose), rows));

export const charges: Invariant = {
  name: 'I3',
  title: 'nothing is charged twice, and what ended is refunded once',
  figures: `SELECT (SELECT count(*) FROM ledger WHERE kind = 'captured') AS charges,
    (SELECT count(*) FROM ledger WHERE kind = 'refunded') AS refunds,
    (SELECT count(*) FROM provider_ledger WHERE kind = 'captured') AS "the provider's charges",
    (SELECT count(*) FROM provider_ledger WHERE kind = 'refunded') AS "the provider's refunds"`,
  checks: [
    ...inEach((whose, rows) =>
      always(`
        SELECT format('reservation %s: charged %d times in ${whose}', id, captures) AS breach FROM ${rows} WHERE captures > 1`),
    ),
    ...inEach((whose, rows) =>
      always(`
        SELECT format('reservation %s: refunded %d times in ${whose}', id, refunds) AS breach FROM ${rows} WHERE refunds > 1`),
    ),
    ...inEach((whose, rows) =>
      always(`
        SELECT format('reservation %s: refunded %d of %d KRW in ${whose}', id, refunded, captured) AS breach
        FROM ${rows} WHERE refunds > 0 AND refunded <> captured`),
    ),
    ...inEach((whose, rows) =>
      atLast(`
        SELECT format('reservation %s: is %s, and %d KRW are not refunded in ${whose}', id, status, captured) AS breach
        FROM ${rows} WHERE status IN ('cancelled', 'expired') AND captures > 0 AND refunds = 0
          AND id NOT IN (SELECT reservation_id FROM waiting)`),
    ),
    ...inEach((whose, rows) =>
      atLast(`
        SELECT format('reservation %s: is %s, and refunded in ${whose}', id, status) AS breach
        FROM ${rows} WHERE status NOT IN ('cancelled', 'expired') AND refunds > 0`),
    ),
  ],
};
