import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { demoToken } from '../issuer/token';

const DAY = 24 * 60 * 60 * 1000;
/** 19:30 in Seoul, so many days from now. */
const evening = (now: Date, days: number): string => {
  const date = new Date(now.getTime() + days * DAY).toISOString().slice(0, 10);
  return new Date(`${date}T19:30:00+09:00`).toISOString();
};

/** Something to book: two large productions, and a small one with one performance and one grade for the short form. */
export const demoMusicals = (now: Date): RegisterMusical[] => [
  {
    name: '빨래',
    performances: [
      {
        startsAt: evening(now, 21),
        venue: '대학로 유니플렉스 2관',
        grades: [{ name: '전석', price: 66_000, seats: 240 }],
      },
    ],
  },
  {
    name: '명성황후',
    performances: [30, 31, 32].map((days) => ({
      startsAt: evening(now, days),
      venue: '예술의전당 오페라극장',
      maxPerCustomer: 8,
      grades: [
        { name: 'VIP', price: 160_000, seats: 120 },
        { name: 'R', price: 130_000, seats: 400 },
        { name: 'S', price: 90_000, seats: 600 },
        { name: 'A', price: 60_000, seats: 500 },
      ],
    })),
  },
  {
    name: '영웅',
    performances: [45, 46].map((days) => ({
      startsAt: evening(now, days),
      venue: '세종문화회관 대극장',
      grades: [
        { name: 'VIP', price: 150_000, seats: 200 },
        { name: 'R', price: 120_000, seats: 700 },
        { name: 'S', price: 80_000, seats: 900 },
      ],
    })),
  },
];

/** Registers the demo musicals through the gateway, unless there are any musicals. Answers those that there are then. */
export const ensureDemoMusicals = async (gateway: string, issuer: string): Promise<Musical[]> => {
  const url = `${gateway}/api/musicals`;
  const present = await list(url);
  if (present.length > 0) return present;
  const token = await demoToken(issuer, 'admin');
  for (const musical of demoMusicals(new Date())) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(musical),
    });
    if (!answer.ok) throw new Error(`the gateway answered ${answer.status} to ${musical.name}: ${await answer.text()}`);
  }
  return list(url);
};

const list = async (url: string): Promise<Musical[]> => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status} to GET /api/musicals`);
  return ((await answer.json()) as Page<Musical>).items;
};
