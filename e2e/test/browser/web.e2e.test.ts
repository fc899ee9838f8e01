import { eventually } from '@outerpark/chassis/testing/eventually';
import { expectAccessible } from './axe';
import { choosesSeats, onMyPage, registers, reservationsOf, reservePath } from './evening';
import { theatre } from './stage';

// The short set of the tests in a browser: what must never break. The rest runs by `npm run test:browser`.
const scene = theatre();

scene('a customer books in three steps, and My page tells how it goes on without being loaded again', async (stage) => {
  const musical = await registers(stage.api.admin, 'Chagall', { VIP: { seats: 10, price: 150_000 } });
  await stage.system.faults({ requireAction: true });
  const { page, signsIn } = await stage.enters({ name: 'alice' });
  await signsIn('alice');
  await expectAccessible(page, 'briefly');
  await page.getByRole('link', { name: 'Chagall' }).click();
  await page.getByRole('link', { name: /^Choose seats for/ }).click();
  await page.getByRole('heading', { name: 'How many seats?' }).waitFor();
  await expectAccessible(page, 'briefly');

  await choosesSeats(page, 'VIP', 2);
  // The price is said before anything is committed.
  expect(await stage.api.alice.freeSeats(musical.id)).toBe(10);
  await page.getByRole('button', { name: 'Reserve for ₩300,000' }).click();
  await page.getByRole('link', { name: 'See it on My page' }).click();

  const reservation = onMyPage(page, musical);
  const pay = reservation.getByRole('link', { name: /^Finish the payment/ });
  await pay.waitFor();
  await expectAccessible(page, 'briefly');
  await page.evaluate('window.loadedOnce = true');
  const address = await pay.getAttribute('href');
  await fetch(address!, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  await reservation.getByText('Paid and confirmed').waitFor();
  await reservation.getByText('Reservation confirmed', { exact: true }).waitFor();
  expect(await page.evaluate('window.loadedOnce')).toBe(true);
  expect(await stage.api.alice.freeSeats(musical.id)).toBe(8);
});

scene(
  'of two customers who want the last seat at the same moment one gets it, and the other is told',
  async (stage) => {
    const musical = await registers(stage.api.admin, 'The Last Seat', { R: { seats: 1, price: 90_000 } });
    const rivals = [await stage.enters({ name: 'alice' }), await stage.enters({ name: 'bob' })];
    await rivals[0]!.signsIn('alice', reservePath(musical));
    await rivals[1]!.signsIn('bob', reservePath(musical));
    for (const { page, forgives } of rivals) {
      forgives(/409/);
      await choosesSeats(page, 'R', 1);
    }
    await Promise.all(rivals.map(({ page }) => page.getByRole('button', { name: 'Reserve for ₩90,000' }).click()));

    const seen = await Promise.all(
      rivals.map(({ page }) => {
        const won = page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
        const lost = page.getByText('Somebody was faster').waitFor();
        return Promise.any([won.then(() => 'got it'), lost.then(() => 'was told')]);
      }),
    );
    expect(seen.toSorted()).toEqual(['got it', 'was told']);
    expect(await stage.api.alice.freeSeats(musical.id)).toBe(0);
    await eventually(async () => {
      const mine = await Promise.all([stage.api.alice, stage.api.bob].map((one) => reservationsOf(one, musical)));
      expect(mine.flat()).toHaveLength(1);
    });
  },
);
