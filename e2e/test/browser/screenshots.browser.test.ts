import type { Musical } from '@outerpark/contracts/http/musicals';
import { demoMusicals } from '@outerpark/dev/start/demo-musicals';
import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import type { Customer } from '../customer';
import { PHONE } from './axe';
import { choosesSeats, onMyPage, reservePath } from './evening';
import { theatre, type Stage } from './stage';

// The pictures of the docs, which are kept only when SCREENSHOTS names a folder.
const { SCREENSHOTS } = process.env;
const folder = SCREENSHOTS ? resolve(SCREENSHOTS) : mkdtempSync(join(tmpdir(), 'outerpark-screenshots-'));
const LARGEST_BYTES = 200_000;
const SIZE = { width: 1280, height: 800 };
const MAIL = { width: 1200, height: 1100 };

const scene = theatre({ env: { payment: { ATTENTION_DEFERRED_MS: '1000' } } });

async function takes(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  expect(statSync(path).size).toBeLessThan(LARGEST_BYTES);
}

/** The musicals of `npm start`, registered once; the first is the one with one grade. */
let repertoire: Promise<Musical[]> | undefined;
const musicals = ({ api }: Stage) => (repertoire ??= registered(api.admin));
async function registered(admin: Customer): Promise<Musical[]> {
  const answers = demoMusicals(new Date()).map((one) => admin.call<Musical>('POST', '/api/musicals', one));
  return (await Promise.all(answers)).map(({ body }) => body);
}

const reserves = async (customer: Customer, { performances }: Musical, seats: number, evening = 0, grade = 0) => {
  const { id, grades } = performances[evening % performances.length]!;
  const lines = [{ grade: grades[grade % grades.length]!.name, seats }];
  const { body } = await customer.call<{ id: string }>('POST', '/api/reservations', { performanceId: id, lines });
  return body.id;
};

scene('pictures of what customers see', async (stage) => {
  const { api, enters, system } = stage;
  const [small, large] = (await musicals(stage)) as [Musical, Musical];
  const first = await reserves(api.alice, large, 2);
  await api.alice.sees(first, ({ notifications }) => notifications.length > 0);

  for (const [suffix, locale] of [
    ['', 'en-US'],
    ['.ko', 'ko-KR'],
  ]) {
    const { page, signsIn } = await enters({ locale, viewport: SIZE });
    await signsIn('alice');
    await page.getByRole('link', { name: small.name }).waitFor();
    await takes(page, `home${suffix}`);
    await page.goto('/mypage');
    await onMyPage(page, large).waitFor();
    await takes(page, `mypage${suffix}`);
  }

  const inbox = await enters({ viewport: MAIL });
  await inbox.page.goto(system.inboxUrl);
  await inbox.page
    .getByRole('link', { name: /예매가 확정되었습니다/ })
    .first()
    .click();
  await inbox.page.frameLocator('iframe').getByRole('heading').waitFor();
  await takes(inbox.page, 'mail');

  const { page, signsIn } = await enters({ viewport: SIZE });
  await signsIn('bob', reservePath(large));
  await choosesSeats(page, 'VIP', 2);
  await takes(page, 'reserve');

  await system.faults({ down: true });
  const later = await reserves(api.bob, small, 2);
  await api.bob.sees(later, ({ payment }) => payment.status === 'deferred');
  const phone = await enters({ viewport: PHONE, colorScheme: 'dark' });
  await phone.signsIn('bob', '/mypage');
  await onMyPage(phone.page, small).getByText('Reserved. You pay a little later').waitFor();
  await takes(phone.page, 'mypage-phone-dark');
});

scene('pictures of what admins and operators see', async (stage) => {
  const { api, enters, system } = stage;
  const shows = await musicals(stage);
  await sellsForAWeek(stage, shows);
  const { page, signsIn } = await enters({ viewport: SIZE });
  await signsIn('admin', '/admin/sales');
  await page.getByRole('img').or(page.getByRole('slider')).first().waitFor();
  await takes(page, 'admin-sales');

  await page.goto('/operate');
  await page.getByText('All is well').waitFor({ timeout: 60_000 });
  await takes(page, 'operate-system');

  await system.faults({ down: true });
  const late = await reserves(api.alice, shows[0]!, 2);
  await api.alice.sees(late, ({ payment }) => payment.status === 'deferred');
  await page.goto('/operate/attention');
  await page.getByRole('article').filter({ hasText: 'Payment put off for long' }).first().waitFor();
  await takes(page, 'operate-attention');

  await page.goto(`/operate/story?id=${late}`);
  await page.getByRole('heading', { name: 'Payment put off' }).waitFor();
  await takes(page, 'operate-story');
});

/** Real reservations, and nobody waits a week for a picture: when they were paid is changed afterwards. */
async function sellsForAWeek({ api, system }: Stage, shows: Musical[]): Promise<void> {
  const unlimited = shows.filter(({ performances }) => performances[0]!.maxPerCustomer === null);
  const sold = [];
  for (let index = 0; index < 48; index++) {
    const customer = [api.alice, api.bob][index % 2]!;
    sold.push(await reserves(customer, unlimited[index % unlimited.length]!, 1 + (index % 4), index, index));
  }
  await api.bob.sees(sold.at(-1)!, ({ status }) => status === 'confirmed');
  await Promise.all(
    sold.filter((_, index) => index % 9 === 0).map((id) => api.admin.call('DELETE', `/api/reservations/${id}`)),
  );
  const client = new Client({ connectionString: system.databases.reservation });
  await client.connect();
  await client.query(`
    UPDATE reservation r SET confirmed_at = confirmed_at - ago, ended_at = ended_at - ago * 0.7
    FROM (SELECT id, (power(random(), 1.6) * 160)::int * interval '1 hour' AS ago FROM reservation) moved
    WHERE moved.id = r.id`);
  await client.end();
}
