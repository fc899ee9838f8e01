import type { WantedSeats } from '@outerpark/contracts/http/holds';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Offer } from '../domain/offer';

const REMEMBERED = 10_000;

/**
 * Finds the offers that a request names: every performance of a musical, or one performance. What an offer holds never
 * changes once registered, so it is read once and then remembered, which keeps the hold's hot path to the seats alone. All who ask
 * while it is being read share that reading: a process that starts in the middle of a rush is asked by thousands at once.
 */
export function createOffers(store: Pick<Store, 'query'>): (wanted: WantedSeats) => Promise<Offer[]> {
  const remembered = new Map<string, Offer[]>();
  const readings = new Map<string, Promise<Offer[]>>();

  const read = async (key: string, column: string, id: string): Promise<Offer[]> => {
    try {
      const found = await store.query<Offer>(
        `SELECT m.id AS "musicalId", m.name AS musical, p.id AS "performanceId", p.starts_at AS "startsAt", p.venue,
           p.max_per_customer AS "maxPerCustomer",
           (SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'price', g.price) ORDER BY g.place)
            FROM grade g WHERE g.performance_id = p.id) AS grades
         FROM performance p JOIN musical m ON m.id = p.musical_id WHERE ${column} = $1 ORDER BY p.place`,
        [id],
      );
      if (found.length > 0) {
        if (remembered.size >= REMEMBERED) remembered.clear();
        remembered.set(key, found);
      }
      return found;
    } finally {
      readings.delete(key);
    }
  };

  return async (wanted) => {
    const [column, id] = 'musicalId' in wanted ? ['m.id', wanted.musicalId] : ['p.id', wanted.performanceId];
    const key = `${column} ${id}`;
    const known = remembered.get(key) ?? readings.get(key);
    if (known) return known;
    const reading = read(key, column, id);
    readings.set(key, reading);
    return reading;
  };
}
