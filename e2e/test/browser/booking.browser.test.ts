import { eventually } from '@outerpark/chassis/testing/eventually';
import { choosesSeats, onMyPage, registers, reservationsOf, reservePath } from './evening';
import { theatre } from './stage';

// What can go otherwise between the wish for a seat and the seat.
const scene = theatre();

scene('a double click and a reload book once', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Once', { VIP: { seats: 10, price: 50_000 } });
  const { page, signsIn, forgives } = await enters();
  // A page that goes away breaks its requests off.
  forgives(/ERR_ABORTED/);
  await signsIn('alice', reservePath(musical));
  await choosesSeats(page, 'VIP', 1);
  await page.getByRole('button', { name: 'Reserve for ₩50,000' }).dblclick();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  expect(await api.alice.freeSeats(musical.id)).toBe(9);

  // A reload while the answer is on its way: the page asks for the same reservation again.
  await page.getByRole('button', { name: 'Reserve more seats' }).click();
  await choosesSeats(page, 'VIP', 2);
  await page.route('**/api/reservations', async (route) => {
    await route.fetch();
    await page.unroute('**/api/reservations');
    await page.reload();
    await route.abort().catch(() => undefined);
  });
  await page.getByRole('button', { name: 'Reserve for ₩100,000' }).click();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  expect(await api.alice.freeSeats(musical.id)).toBe(7);
  await eventually(async () => expect(await reservationsOf(api.alice, musical)).toHaveLength(2));
});

scene('who is not signed in chooses first, signs in, and finds the choice again', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Later', { R: { seats: 5, price: 30_000 } });
  const { page, goes } = await enters();
  await goes(reservePath(musical));
  await choosesSeats(page, 'R', 2);
  await page.getByRole('link', { name: 'Sign in to reserve' }).click();
  await page.getByRole('button', { name: /^Bob/ }).click();
  await page.waitForURL(system.gatewayUrl + reservePath(musical));
  await page.getByRole('button', { name: 'Reserve for ₩60,000' }).click();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  expect(await api.bob.freeSeats(musical.id)).toBe(3);
});

scene('the last seats go while somebody chooses: the page says so and offers what is left', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Going', { VIP: { seats: 3, price: 40_000 } });
  const { page, signsIn, forgives } = await enters();
  forgives(/409/);
  await signsIn('alice', reservePath(musical));
  await choosesSeats(page, 'VIP', 3);
  await api.bob.reserves(musical.id, 2);
  await page.getByRole('button', { name: 'Reserve for ₩120,000' }).click();
  await page.getByText('Only 1 seat of VIP is left, and you asked for 3.').waitFor();
  await page.getByRole('button', { name: 'Take 1 seat' }).click();
  await page.getByRole('button', { name: 'Reserve for ₩40,000' }).click();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  expect(await api.alice.freeSeats(musical.id)).toBe(0);
});

scene(
  'with the provider down it is reserved, pay a little later, and paid by itself',
  async ({ api, enters, system }) => {
    const musical = await registers(api.admin, 'Deferred', { VIP: { seats: 5, price: 70_000 } });
    await system.faults({ down: true });
    const { page, signsIn } = await enters();
    await signsIn('alice', reservePath(musical));
    await choosesSeats(page, 'VIP', 1);
    await page.getByRole('button', { name: 'Reserve for ₩70,000' }).click();
    await page.getByRole('link', { name: 'See it on My page' }).click();
    const reservation = onMyPage(page, musical);
    await reservation.getByText('Reserved. You pay a little later').waitFor();
    await system.faults();
    await reservation.getByText('Paid and confirmed').waitFor({ timeout: 60_000 });
  },
);

scene('a declined payment is tried again on My page', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Declined', { VIP: { seats: 5, price: 20_000 } });
  await system.faults({ declineNext: 1 });
  await api.bob.reserves(musical.id, 1);
  const { page, signsIn } = await enters();
  await signsIn('bob', '/mypage');
  const reservation = onMyPage(page, musical);
  await reservation.getByText('The payment was declined', { exact: true }).waitFor();
  await reservation.getByRole('button', { name: 'Try the payment again' }).click();
  await reservation.getByText('Paid and confirmed').waitFor();
});

scene('cancelling says first what it means, and then gives seats and money back', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Regret', { VIP: { seats: 5, price: 25_000 } });
  const { id } = await api.alice.reserves(musical.id, 2);
  await api.alice.sees(id, ({ status }) => status === 'confirmed');
  const { page, signsIn } = await enters();
  await signsIn('alice', '/mypage');
  const reservation = onMyPage(page, musical);
  const dialog = page.getByRole('dialog', { name: 'Cancel this reservation?' });
  await reservation.getByRole('button', { name: 'Cancel reservation' }).click();
  await dialog.getByText('₩50,000 is refunded to you in full.').waitFor();
  await dialog.getByText('2 seats go back on sale at once, and somebody else may take them.').waitFor();
  await dialog.getByRole('button', { name: 'Keep my seats' }).click();
  expect(await api.alice.freeSeats(musical.id)).toBe(3);

  await reservation.getByRole('button', { name: 'Cancel reservation' }).click();
  await dialog.getByRole('button', { name: 'Cancel reservation' }).click();
  await reservation.getByText('Cancelled and refunded').first().waitFor();
  await eventually(async () => expect(await api.alice.freeSeats(musical.id)).toBe(5));
});
