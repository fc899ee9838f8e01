import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from 'playwright-core';
import type { Customer } from '../customer';
import { expectAccessible } from './axe';
import { choosesSeats, registers, reservationsOf, reservePath } from './evening';
import { theatre } from './stage';

const scene = theatre({ env: { musical: { WAITING_ROOM_SLOWEST: '1' } } });

const performanceOf = ({ performances }: Musical): string => performances[0]!.id;
const switches = async (admin: Customer, musical: Musical, mode: string) =>
  expect((await admin.call('PUT', `/api/admin/waiting-rooms/${performanceOf(musical)}`, { mode })).status).toBe(200);

/** The page is answered once, and then not before it is let go. */
async function holdsBack(page: Page): Promise<() => void> {
  let letGo: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  let first = true;
  await page.route('**/api/performances/*/waiting-room', async (route) => {
    if (!first) await until;
    first = false;
    // A page that was loaded again has taken its question with it.
    await route.continue().catch(() => undefined);
  });
  return letGo;
}

scene('who waits chooses meanwhile, and is sent on by itself when the turn has come', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Rush', { VIP: { seats: 10, price: 50_000 } });
  await switches(api.admin, musical, 'on');
  const { page, signsIn, forgives } = await enters();
  forgives(/ERR_ABORTED/);
  const letGo = await holdsBack(page);
  await signsIn('alice', reservePath(musical));
  const room = page.getByRole('region', { name: 'You are in the waiting room' });
  await room.getByText('People before you').waitFor();
  await expectAccessible(page);

  await choosesSeats(page, 'VIP', 1);
  await page.getByRole('button', { name: 'Reserve for ₩50,000 when it is my turn' }).click();
  await page.getByRole('button', { name: 'Waiting for your turn…' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Waiting for your turn…' }).waitFor();
  expect(await api.alice.freeSeats(musical.id)).toBe(10);
  letGo();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor({ timeout: 60_000 });
  expect(await api.alice.freeSeats(musical.id)).toBe(9);
});

scene('who is sent to a room that has just opened reserves once, in turn', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Sudden', { VIP: { seats: 10, price: 50_000 } });
  const { page, signsIn, forgives } = await enters();
  forgives(/429/);
  await signsIn('alice', reservePath(musical));
  await choosesSeats(page, 'VIP', 2);
  await switches(api.admin, musical, 'on');
  await page.getByRole('button', { name: /^Reserve for ₩100,000/ }).click();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor({ timeout: 60_000 });
  await eventually(async () => expect(await reservationsOf(api.alice, musical)).toHaveLength(1));
});

scene('an admin switches a waiting room, and sees who was let in', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Switched', { VIP: { seats: 10, price: 50_000 } });
  const { page, signsIn } = await enters();
  await signsIn('admin', `/admin/musicals/${musical.id}`);
  await page.getByText('Closed', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'On', exact: true }).click();
  await page.getByText('Open', { exact: true }).waitFor();
  const joined = await api.alice.call('POST', `/api/performances/${performanceOf(musical)}/waiting-room`);
  expect(joined.body).toMatchObject({ open: true, position: 1 });
  await page.getByText('Admitted', { exact: true }).waitFor();
  const admitted = page.locator('dt', { hasText: /^Admitted$/ }).locator('xpath=following-sibling::dd');
  await eventually(async () => expect(await admitted.innerText()).toBe('1'));
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Off', exact: true }).click();
  await page.getByText('Closed', { exact: true }).waitFor();
});
