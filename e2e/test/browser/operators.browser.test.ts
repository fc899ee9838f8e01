import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { messageOf } from '@outerpark/chassis/testing/messages';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import type { System } from '../system';
import { registers } from './evening';
import { theatre } from './stage';

// Every action of the operators' pages, once against what it is for. What is stuck shows at once.
const scene = theatre({
  env: { payment: { ATTENTION_DEFERRED_MS: '500' }, reservation: { ATTENTION_AFTER_MS: '500' } },
});
const LONG = { withinMs: 60_000 };

/** Says why, does it, and closes what is then told. */
async function confirms(page: Page, action: string, why: string, told: string | RegExp): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why do you do it?').fill(why);
  await dialog.getByRole('button', { name: action }).click();
  await dialog.getByText(told).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function sql(database: string, text: string, values: unknown[]): Promise<void> {
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

scene('money is offered back only when nobody has the reservation, and then it is given', async (stage) => {
  const { api, enters, system } = stage;
  const musical = await registers(api.admin, 'Lost', { VIP: { seats: 4, price: 80_000 } });
  await system.faults({ down: true });
  const [hers, lost] = [await api.alice.reserves(musical.id, 1), await api.bob.reserves(musical.id, 1)];
  for (const [who, { id }] of [
    [api.alice, hers],
    [api.bob, lost],
  ] as const)
    await who.sees(id, ({ payment }) => payment.status === 'deferred');
  // As when the store was put back to a time before it.
  await sql(system.databases.reservation, 'DELETE FROM reservation WHERE id = $1', [lost.id]);

  const { page, signsIn } = await enters();
  await signsIn('admin', '/operate/attention');
  const back = (id: string) =>
    page.getByRole('button', { name: `Give the money back: Payment put off for long ${id}` });
  await back(lost.id).waitFor();
  await page.getByText('Somebody has this reservation.').waitFor();
  expect(await back(hers.id).count()).toBe(0);

  await back(lost.id).click();
  await confirms(page, 'Give the money back', 'Bob has no reservation any more', /^Done: told that there is no such/);
  await back(lost.id).waitFor({ state: 'detached' });
  await system.faults();
  await api.alice.sees(hers.id, ({ status }) => status === 'confirmed', 60_000);
  await eventually(async () => expect(await api.bob.freeSeats(musical.id)).toBe(3), LONG);
  await eventually(async () => {
    const { body } = await api.bob.call<{ items: { reservationId: string; status: string }[] }>('GET', '/api/payments');
    expect(body.items.find(({ reservationId }) => reservationId === lost.id)?.status).toBe('cancelled');
  }, LONG);
});

scene('seats of a reservation that has ended are released', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Ended', { VIP: { seats: 4, price: 80_000 } });
  const { id } = await api.alice.reserves(musical.id, 2);
  await api.alice.sees(id, ({ status }) => status === 'confirmed');
  const { page, signsIn } = await enters();
  await system.stop('musical');
  try {
    await api.alice.call('DELETE', `/api/reservations/${id}`);
    await signsIn('admin', '/operate/attention');
    await page.getByRole('button', { name: `Release the seats: Ended, but not settled ${id}` }).click();
    await confirms(page, 'Release the seats', 'Musical is away for long', 'Done: told that it is cancelled');
  } finally {
    await system.start('musical');
  }
  await eventually(async () => expect(await api.alice.freeSeats(musical.id)).toBe(4), LONG);
  await page.getByText(id.slice(0, 8)).waitFor({ state: 'detached', timeout: 60_000 });
});

scene('a notice is sent again, whether it was sent or given up', async ({ api, enters, system }) => {
  const musical = await registers(api.admin, 'Again', { VIP: { seats: 4, price: 80_000 } });
  const { id } = await api.bob.reserves(musical.id, 1);
  await api.bob.sees(id, ({ notifications }) => notifications.some(({ kind }) => kind === 'confirmed'));
  const mails = async () => {
    const all = (await (await fetch(`${system.inboxUrl}/email?to=bob@example.com`)).json()) as { text: string }[];
    return all.filter(({ text }) => text.includes('Again')).length;
  };
  expect(await mails()).toBe(1);
  const { page, signsIn } = await enters();
  await signsIn('admin', '/operate/notices');
  await page
    .getByRole('button', { name: `Send again: Confirmed of ${id.slice(0, 8)}` })
    .first()
    .click();
  await confirms(page, 'Send again', 'He says that it never came', /^Done:/);
  await eventually(async () => expect(await mails()).toBe(2), LONG);

  await sql(
    system.databases.notification,
    `UPDATE notice SET status = 'failed' WHERE reservation_id = $1 AND channel = 'email'`,
    [id],
  );
  await page.getByRole('link', { name: 'Attention' }).click();
  const item = page.getByRole('article').filter({ hasText: 'Notice given up' }).filter({ hasText: id });
  await item.getByRole('button', { name: /^Send again/ }).click();
  await confirms(page, 'Send again', 'The mail server is back', /^Done:/);
  await eventually(async () => expect(await mails()).toBe(3), LONG);
  await item.waitFor({ state: 'detached' });
});

scene('dead letters are applied again, one or all of a cause, and what fails again says so', async (stage) => {
  const { enters, system } = stage;
  const strangers = [randomUUID(), randomUUID()];
  for (const stranger of strangers) await approves(system, stranger);
  const { page, signsIn } = await enters();
  await signsIn('admin', '/operate/dead-letters');
  const cause = page.getByRole('article').filter({ hasText: 'Payment approved' });
  await cause.getByText('Dead letters of this cause (2)').click({ timeout: 60_000 });
  await cause
    .getByRole('button', { name: /^Replay / })
    .filter({ hasText: /^Replay$/ })
    .first()
    .click();
  await confirms(page, 'Replay', 'It may go well now', '1 failed again');
  await cause.getByRole('button', { name: /^Replay all/ }).click();
  await confirms(page, 'Replay', 'Or all of them', '2 failed again');
  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByText('Or all of them').first().waitFor();
});

/** The provider's approval of what nobody has reserved. */
async function approves({ brokers, topicPrefix }: System, reservationId: string): Promise<void> {
  const broker = connectKafka({ brokers, topicPrefix, clientId: 'test', logger: createLogger('test', 'fatal') });
  const data = { reservationId, customerId: 'nobody', amount: 10_000 };
  const { headers, value } = messageOf({ type: 'PaymentApproved', data }, { subject: reservationId });
  await broker.publish([{ topic: 'payment.events', key: reservationId, headers, value }]);
  await broker.close();
}

scene('a reservation is cancelled in its story', async ({ api, enters }) => {
  const musical = await registers(api.admin, 'Called off', { VIP: { seats: 4, price: 80_000 } });
  const { id } = await api.alice.reserves(musical.id, 1);
  await api.alice.sees(id, ({ status }) => status === 'confirmed');
  const { page, signsIn } = await enters();
  await signsIn('admin', `/operate/story?id=${id}`);
  await page.getByRole('button', { name: 'Cancel this reservation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel this reservation' }).click();
  await dialog.getByText('The reservation is cancelled').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('heading', { name: 'Seats released' }).waitFor();
  const { payment } = await api.alice.sees(id, ({ payment }) => payment.status === 'cancelled');
  expect(payment.refunded).toBe(80_000);
});
