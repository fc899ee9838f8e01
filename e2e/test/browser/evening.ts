import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from 'playwright-core';
import type { Customer } from '../customer';

const IN_A_MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/** What is played: one evening, with these grades at so many won. */
export async function registers(
  admin: Customer,
  name: string,
  grades: Record<string, { seats: number; price: number }>,
): Promise<Musical> {
  const performance = {
    startsAt: new Date(Date.now() + IN_A_MONTH_MS).toISOString(),
    venue: 'Blue Hall, Seoul',
    grades: Object.entries(grades).map(([grade, { seats, price }]) => ({ name: grade, seats, price })),
  };
  const { status, body } = await admin.call<Musical>('POST', '/api/musicals', { name, performances: [performance] });
  if (status !== 201) throw new Error(`${name} was not registered: ${JSON.stringify(body)}`);
  return body;
}

/** Where its seats are chosen. */
export const reservePath = ({ id, performances }: Musical): string => `/musicals/${id}/reserve/${performances[0]!.id}`;

/** From the page that asks how many to the one that asks whether everything is right. */
export async function choosesSeats(page: Page, grade: string, seats: number): Promise<void> {
  const more = page.getByRole('button', { name: `One ${grade} seat more` });
  for (let chosen = 0; chosen < seats; chosen++) await more.click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Is everything right?' }).waitFor();
}

/** The reservation of that musical on My page. */
export const onMyPage = (page: Page, musical: Musical) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: musical.name }) });

export const reservationsOf = async (customer: Customer, musical: Musical) => {
  const { body } = await customer.call<{ items: { id: string; performanceId: string }[] }>('GET', '/api/mypage');
  return body.items.filter(({ performanceId }) => performanceId === musical.performances[0]!.id);
};
