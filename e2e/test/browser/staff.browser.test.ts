import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { System } from '../system';
import { expectAccessible } from './axe';
import { registers } from './evening';
import { theatre } from './stage';

// Admins and operators. What is put off shows on the attention list at once.
const scene = theatre({ env: { payment: { ATTENTION_DEFERRED_MS: '500' } } });

scene('an admin registers a musical, and is told what is wrong with it before it is sent', async ({ api, enters }) => {
  const { page, signsIn } = await enters();
  await signsIn('admin', '/admin');
  await page.getByRole('link', { name: 'Register a musical' }).click();
  await page.getByRole('heading', { level: 1, name: 'Register a musical' }).waitFor();
  await page.getByRole('button', { name: 'Register the musical' }).click();
  await page.getByText('1 to 200 characters').first().waitFor();
  await expectAccessible(page);

  await page.getByLabel('Name of the musical').fill('Hero');
  await page.getByLabel('Date and time at the venue').fill('2030-05-01T19:30');
  await page.getByLabel('Venue', { exact: true }).fill('Blue Hall');
  await page.getByLabel('Grade', { exact: true }).fill('VIP');
  await page.getByLabel('Price (KRW)').fill('much');
  await page.getByLabel('Seats', { exact: true }).fill('40');
  await page.getByText('A whole number of won, from 0 to 100,000,000').waitFor();
  await page.getByLabel('Price (KRW)').fill('150000');
  await page.getByText('A whole number of won, from 0 to 100,000,000').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Register the musical' }).click();
  await page.getByText('“Hero” is registered').first().waitFor();

  const { body } = await api.admin.call<{ items: { name: string; performances: object[] }[] }>('GET', '/api/musicals');
  expect(body.items.find(({ name }) => name === 'Hero')?.performances).toMatchObject([
    {
      startsAt: '2030-05-01T10:30:00.000Z',
      venue: 'Blue Hall',
      grades: [{ name: 'VIP', price: 150_000, capacity: 40 }],
    },
  ]);
});

scene('an admin sees seats, sales and reservations, and finds one of them', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Figures', { VIP: { seats: 40, price: 100_000 } });
  const [hers, his] = [await api.alice.reserves(musical.id, 3), await api.bob.reserves(musical.id, 2)];
  await api.alice.sees(hers.id, ({ status }) => status === 'confirmed');
  await api.bob.sees(his.id, ({ status }) => status === 'confirmed');
  const { page, signsIn } = await enters();
  await signsIn('admin', '/admin');
  await page.getByRole('link', { name: 'Figures' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Figures' }).click();
  await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor();
  await page.getByText('5 sold, 0 held, 35 free, of 40').first().waitFor();
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Sales' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Sales' }).waitFor();
  await page.getByText('₩500,000').first().waitFor();
  await expectAccessible(page);

  await page.getByRole('navigation', { name: 'Admin pages' }).getByRole('link', { name: 'Reservations' }).click();
  await page.getByRole('searchbox', { name: 'Search' }).fill('Figures');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('2 reservations shown').waitFor();
  await page.getByLabel('Customer id').fill('bob');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('1 reservation shown').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: `Story of reservation ${his.id}` }).click();
  await page.getByRole('heading', { level: 1, name: 'Story' }).waitFor();
});

scene('an admin gives a grade more seats, and cannot take what is sold', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Extended', { VIP: { seats: 10, price: 90_000 } });
  const { id } = await api.alice.reserves(musical.id, 3);
  await api.alice.sees(id, ({ status }) => status === 'confirmed');
  const { page, signsIn, forgives } = await enters();
  // The refusal, which Chromium tells its console by itself.
  forgives(/status of 409/);
  await signsIn('admin', `/admin/musicals/${musical.id}`);
  await page.getByText('3 sold, 0 held, 7 free, of 10').first().waitFor();
  await page.getByRole('button', { name: /^Change capacity: VIP/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Now 10 seats, 3 of them held or sold.').waitFor();
  await dialog.getByLabel('New capacity').fill('many');
  await dialog.getByText('A whole number, from 0 to 1,000,000').waitFor();
  await expectAccessible(page);

  await dialog.getByLabel('New capacity').fill('2');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await dialog.getByText('The capacity can be 3 or more.').waitFor();
  await dialog.getByLabel('New capacity').fill('12');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByText('VIP has 12 seats now').first().waitFor();
  await page.getByText('3 sold, 0 held, 9 free, of 12').first().waitFor();
  const { body } = await api.admin.call<{ performances: object[] }>('GET', `/api/musicals/${musical.id}`);
  expect(body.performances).toMatchObject([{ grades: [{ name: 'VIP', capacity: 12, free: 9 }] }]);
});

scene('a customer sees no page of the staff', async ({ enters }) => {
  const { page, signsIn, goes } = await enters();
  await signsIn('alice', '/admin');
  await page.getByRole('heading', { name: 'This page is for staff' }).waitFor();
  await goes('/operate/attention');
  await page.getByRole('heading', { name: 'This page is for staff' }).waitFor();
});

scene('an operator sees every process, and which one is in trouble', async ({ enters, system }) => {
  const { page, signsIn } = await enters();
  await signsIn('admin', '/operate');
  await page.getByText('All is well').waitFor({ timeout: 60_000 });
  for (const name of ['Gateway', 'Musical', 'Reservation', 'Payment', 'Notification', 'My page'])
    await page
      .getByRole('article')
      .filter({ has: page.getByRole('heading', { name }) })
      .waitFor();
  await expectAccessible(page);
  await system.stop('notification');
  try {
    await page.getByText(/^Notification cannot be reached/).waitFor();
    await expectAccessible(page, 'briefly');
  } finally {
    await system.start('notification');
  }
  await page.getByText('All is well').waitFor({ timeout: 60_000 });
});

scene('an operator is shown what is put off, and has it tried again', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Put off', { VIP: { seats: 4, price: 80_000 } });
  await system.faults({ down: true });
  const { id } = await api.alice.reserves(musical.id, 1);
  await api.alice.sees(id, ({ payment }) => payment.status === 'deferred');
  const { page, signsIn } = await enters();
  await signsIn('admin', '/operate/attention');
  const item = page.getByRole('article').filter({ hasText: 'Payment put off for long' });
  await item.waitFor();
  // The reservation is live: its money is let go by cancelling it, and by nothing else.
  await item.getByText('Somebody has this reservation.').waitFor();
  expect(await item.getByRole('button').allTextContents()).not.toContain('Give the money back');
  await expectAccessible(page);
  await item.getByRole('button', { name: 'Try again now' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Try again now' }).click();
  await dialog.getByText('1 to 500 characters').waitFor();
  await dialog.getByLabel('Why do you do it?').fill('The provider says that it is back');
  await expectAccessible(page, 'briefly');
  await dialog.getByRole('button', { name: 'Try again now' }).click();
  await dialog.getByText(/^Done:/).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await system.faults();
  await api.alice.sees(id, ({ status }) => status === 'confirmed', 60_000);

  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByText('The provider says that it is back').waitFor();
  await expectAccessible(page);
});

scene(
  'an event that cannot be applied is a dead letter, which an operator gives up',
  async ({ enters, system, api }) => {
    const stranger = randomUUID();
    await publishes(system, stranger);
    await eventually(async () => {
      const { body } = await api.admin.call<{ items: object[] }>('GET', '/api/admin/dead-letters');
      expect(body.items).not.toEqual([]);
    });
    const { page, signsIn } = await enters();
    await signsIn('admin', '/operate/dead-letters');
    const cause = page.getByRole('article').filter({ hasText: 'there is no reservation' });
    await cause.getByText('Dead letters of this cause (1)').click();
    await expectAccessible(page);
    await cause.getByRole('button', { name: /^Discard / }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why do you do it?').fill('Forged by a test');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await dialog.getByText('1 event discarded').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await cause.waitFor({ state: 'detached' });
  },
);

/** An approval for a reservation that nobody made. */
async function publishes({ brokers, topicPrefix }: System, reservationId: string): Promise<void> {
  const broker = connectKafka({ brokers, topicPrefix, clientId: 'test', logger: createLogger('test', 'fatal') });
  const data = { reservationId, customerId: 'nobody', amount: 10_000 };
  const { headers, value } = messageOf({ type: 'PaymentApproved', data }, { subject: reservationId });
  await broker.publish([{ topic: 'payment.events', key: reservationId, headers, value }]);
  await broker.close();
}

scene('an operator reads the story of a reservation across services', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Told', { VIP: { seats: 4, price: 60_000 } });
  const { id } = await api.bob.reserves(musical.id, 2);
  await api.bob.sees(id, ({ notifications }) => notifications.length > 0);
  const { page, signsIn, forgives } = await enters();
  // An id is looked for as a reservation's first, and then as a correlation's.
  forgives(/404.*story/);
  await signsIn('admin', '/operate/story');
  await page.getByLabel('Reservation id or correlation id').fill(id);
  await page.getByRole('button', { name: 'Tell the story' }).click();
  for (const name of ['Seats reserved', 'Payment approved', 'Reservation confirmed', 'Notice sent'])
    await page.getByRole('heading', { name }).first().waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Everything of this correlation' }).first().click();
  await page.getByRole('heading', { name: 'Seats reserved' }).waitFor();
  await expectAccessible(page, 'briefly');

  await page.getByRole('navigation', { name: 'Operating pages' }).getByRole('link', { name: 'Notices' }).click();
  await page.getByRole('heading', { level: 1, name: 'Notices' }).waitFor();
  await page.getByRole('table').getByRole('button').first().waitFor();
  await expectAccessible(page);
});
