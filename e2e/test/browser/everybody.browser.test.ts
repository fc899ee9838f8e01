import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Page } from 'playwright-core';
import { expectAccessible } from './axe';
import { choosesSeats, onMyPage, registers, reservePath } from './evening';
import { theatre } from './stage';

// Whoever comes: in two languages, by keyboard, by screen reader, on a phone, in the dark; and with bad intent.
const scene = theatre();

scene('the browser chooses the language, and the customer may choose another', async ({ api, enters }) => {
  await registers(api.admin, '빨래', { 전석: { seats: 5, price: 66_000 } });
  const { page, goes } = await enters({ locale: 'ko-KR' });
  await goes('/');
  await page.getByRole('heading', { level: 1, name: '뮤지컬' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('ko');
  await page.getByText('66,000원').first().waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Musicals' }).waitFor();
  await page.getByText('₩66,000').first().waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Musicals' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

scene('an evening in Seoul is shown in its own zone, wherever the reader is', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Zones', { VIP: { seats: 5, price: 10_000 } });
  const { startsAt } = musical.performances[0]!;
  const there = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Seoul', hour: 'numeric', minute: '2-digit' });
  const { page, goes } = await enters();
  await goes(`/musicals/${musical.id}`);
  await page.getByRole('heading', { name: there.format(new Date(startsAt)) }).waitFor();
});

scene('script in a name is text on the page and in the mail', async ({ api, enters, system }) => {
  const name = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  const musical = await registers(api.admin, name, { VIP: { seats: 5, price: 10_000 } });
  const { id } = await api.bob.reserves(musical.id, 1);
  await api.bob.sees(id, ({ notifications }) => notifications.some(({ kind }) => kind === 'confirmed'));
  const { page, signsIn } = await enters();
  await signsIn('bob');
  await page.getByRole('link', { name }).waitFor();
  await page.goto(`/musicals/${musical.id}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.goto('/mypage');
  await onMyPage(page, musical).waitFor();
  expect(await page.title()).not.toContain('owned');

  const mails = (await (await fetch(`${system.inboxUrl}/email?to=bob@example.com`)).json()) as Mail[];
  const mail = mails.find(({ text }) => text.includes(name))!;
  expect(mail.html).toContain('&lt;script&gt;');
  expect(mail.html).not.toMatch(/<script|<img src=x/);
});
interface Mail {
  text: string;
  html?: string;
}

scene('a page whose script a deploy has taken away is had with the version of now', async ({ enters }) => {
  const { page, signsIn, forgives } = await enters();
  forgives(/404|Failed to fetch dynamically imported module/);
  await page.clock.install();
  await signsIn('alice');
  await page.getByRole('heading', { level: 1, name: 'Musicals' }).waitFor();
  let deployed = true;
  page.once('load', () => (deployed = false));
  await page.route(/assets\/MyPage-.*\.js/, (route) => (deployed ? route.fulfill({ status: 404 }) : route.continue()));
  await page.clock.fastForward(11_000);
  await page.getByRole('link', { name: 'My page' }).click();
  await page.getByRole('heading', { level: 1, name: 'My page' }).waitFor();
  expect(deployed).toBe(false);
});

scene('who comes back from a sign-in that is over is told, and signs in again', async ({ enters, system }) => {
  const { page, goes } = await enters();
  await goes('/auth/callback?code=a&state=b');
  await page.getByRole('heading', { level: 1, name: 'This sign-in has ended' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await page.getByRole('button', { name: /^Bob/ }).click();
  await page.waitForURL(`${system.gatewayUrl}/`);
});

scene('a booking needs no mouse', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Keys', { VIP: { seats: 5, price: 10_000 } });
  const { page, signsIn } = await enters();
  await signsIn('alice');
  await page.getByRole('link', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Tab');
  await expectFocus(page, 'Skip to content');
  await pressesOn(page, 'Keys');
  await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  await pressesOn(page, /^Choose seats for/);
  await page.getByRole('heading', { name: 'How many seats?' }).waitFor();
  await pressesOn(page, 'One VIP seat more');
  await pressesOn(page, 'Continue');
  await page.getByRole('heading', { name: 'Is everything right?' }).waitFor();
  await pressesOn(page, 'Reserve for ₩10,000');
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  await pressesOn(page, 'See it on My page');
  await onMyPage(page, musical).getByText('Paid and confirmed').waitFor();
});

/** The name of what has the focus: what a screen reader would say. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { ariaLabel, innerText } = document.activeElement ?? {};
    return (ariaLabel || innerText || '').trim();
  })()`);

const expectFocus = (page: Page, name: string) => eventually(async () => expect(await focused(page)).toBe(name));

/** Goes on by Tab until it has the focus, and presses Enter. */
async function pressesOn(page: Page, name: string | RegExp): Promise<void> {
  const fits = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
  const passed: string[] = [];
  while (!fits(passed.at(-1) ?? '')) {
    if (passed.length > 60) throw new Error(`Tab never came to ${name}, only to ${passed.join(', ')}`);
    await page.keyboard.press('Tab');
    passed.push(await focused(page));
  }
  await page.keyboard.press('Enter');
}

scene('every page of a customer is accessible, in the light, in the dark and on a phone', async (stage) => {
  const { api, system, enters } = stage;
  const musical = await registers(api.admin, 'For all', {
    VIP: { seats: 30, price: 150_000 },
    R: { seats: 3, price: 90_000 },
  });
  const { page, signsIn, goes, forgives } = await enters();
  forgives(/404/);
  await goes('/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await expectAccessible(page);
  await goes('/mypage');
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor();
  await expectAccessible(page);

  await signsIn('alice', reservePath(musical));
  await page.getByRole('heading', { name: 'How many seats?' }).waitFor();
  await expectAccessible(page);
  await choosesSeats(page, 'R', 1);
  await expectAccessible(page);
  await system.faults({ requireAction: true });
  await page.getByRole('button', { name: 'Reserve for ₩90,000' }).click();
  await page.getByRole('heading', { name: 'The seats are reserved' }).waitFor();
  await expectAccessible(page);

  await goes('/');
  await page.getByRole('link', { name: 'For all' }).waitFor();
  await expectAccessible(page);
  await goes(`/musicals/${musical.id}`);
  await page.getByRole('link', { name: /^Choose seats for/ }).waitFor();
  await expectAccessible(page);
  await goes('/mypage');
  const reservation = onMyPage(page, musical);
  await reservation.getByRole('link', { name: /^Finish the payment/ }).waitFor();
  await expectAccessible(page);
  await reservation.getByRole('button', { name: 'Cancel reservation' }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page);
});
