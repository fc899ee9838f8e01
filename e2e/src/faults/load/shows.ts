import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import type { Show } from './plan';

const DAY_MS = 86_400_000;
const price = 10_000;

const wanted = (now: number): { share: number; musical: RegisterMusical }[] => {
  const startsAt = new Date(now + 30 * DAY_MS).toISOString();
  return [
    // Sells out within seconds, and then only what is cancelled is to be had.
    { share: 25, musical: { name: 'Hot', reservableSeats: 120, price: 3 * price } },
    { share: 40, musical: { name: 'Open', reservableSeats: 100_000, price } },
    {
      share: 15,
      musical: {
        name: 'Limited',
        performances: [
          {
            startsAt,
            venue: 'Small house',
            maxPerCustomer: 4,
            grades: [
              { name: 'R', price: 2 * price, seats: 400 },
              { name: 'S', price, seats: 400 },
            ],
          },
        ],
      },
    },
    {
      share: 20,
      musical: {
        name: 'Graded',
        performances: [
          {
            startsAt,
            venue: 'Large house',
            grades: [
              { name: 'VIP', price: 5 * price, seats: 60 },
              { name: 'A', price, seats: 5_000 },
            ],
          },
        ],
      },
    },
  ];
};

/** Registers what the load books. */
export async function registerShows(gateway: string, adminToken: string): Promise<Show[]> {
  const shows: Show[] = [];
  for (const { share, musical } of wanted(Date.now())) {
    const answer = await fetch(`${gateway}/api/musicals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(musical),
    });
    if (answer.status !== 201) throw new Error(`${musical.name} was not registered: ${await answer.text()}`);
    const { id, performances } = (await answer.json()) as Musical;
    const [{ id: performanceId, grades }] = performances as [Musical['performances'][number]];
    shows.push({ musicalId: id, performanceId, grades: grades.map(({ name }) => name), share });
  }
  return shows;
}
