import type { Store } from '@outerpark/chassis/postgres/store';

interface Named {
  id: string;
  name: string;
}

/**
 * The musicals of which something was reserved and whose name has this part, in whatever case. A musical keeps its name; so
 * one row of each is read, by going from each to the next one in the index.
 */
export async function musicalsNamed(store: Pick<Store, 'query'>, part: string): Promise<string[]> {
  const musicals = await store.query<Named>(
    `WITH RECURSIVE known (id, name) AS (
       (SELECT musical_id, musical FROM reservation ORDER BY musical_id LIMIT 1)
       UNION ALL
       SELECT following.* FROM known CROSS JOIN LATERAL (
         SELECT musical_id, musical FROM reservation WHERE musical_id > known.id ORDER BY musical_id LIMIT 1) AS following
     ) SELECT id, name FROM known`,
  );
  const wanted = folded(part);
  return musicals.filter(({ name }) => folded(name).includes(wanted)).map(({ id }) => id);
}

/** Hangul may come composed or in its parts. */
const folded = (text: string): string => text.normalize('NFC').toLowerCase();
