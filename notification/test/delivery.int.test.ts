import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { claimDue, endClaims } from '../src/persistence/deliveries';
import { startTestSmtp } from './smtp';
import { alice, createWorld, HOUR, newReservation, SECOND, type World } from './world';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.close());

/** A reservation of alice, confirmed and not yet told. */
async function confirmed(customerId = 'alice') {
  const reservation = newReservation(customerId, world.now());
  await world.feed(reservation.reserved(), reservation.confirmed());
  return reservation;
}

const onlyNotice = async () => {
  const notices = await world.notices();
  expect(notices).toHaveLength(1);
  return notices[0]!;
};

const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(raw)?.[1]?.trim();

test('a notice is mailed once, and that is published', async () => {
  await world.contact('alice', alice);
  const { reservationId } = await confirmed();
  await world.deliver();
  await world.deliver();

  const { id, status, deliveries } = await onlyNotice();
  expect(status).toBe('sent');
  expect(deliveries).toEqual([{ at: world.now().toISOString(), channel: 'email', outcome: 'sent', error: null }]);
  const [mail, ...others] = world.smtp.mails;
  expect(others).toEqual([]);
  expect(mail?.to).toBe('alice@example.com');
  expect(header(mail!.raw, 'Subject')).toBe('[OuterPark] Your reservation is confirmed: Laundry');
  expect(header(mail!.raw, 'Auto-Submitted')).toBe('auto-generated');
  expect(await world.published()).toEqual([
    {
      type: 'NotificationSent',
      version: 1,
      subject: id,
      data: { noticeId: id, reservationId, customerId: 'alice', kind: 'confirmed', channel: 'email', tells: 2 },
    },
  ]);
});

test('a mail is about what was reserved, for its reader, with the deadline as it is by now', async () => {
  await world.contact('alice', alice);
  await world.contact('alice', { email: 'alice@example.org', locale: 'ko' });
  const reservation = newReservation('alice', world.now());
  await world.feed(reservation.deferred(1), reservation.reserved());
  const [claimed] = await claimDue(world.database, world.now(), world.now(), 1, ['email']);
  expect(claimed).toMatchObject({
    kind: 'deferred',
    contact: { email: 'alice@example.org', locale: 'ko' },
    booking: { musical: 'Laundry', price: 300_000, lines: [{ grade: 'R', seats: 2 }] },
  });
  expect(claimed!.booking!.paymentDeadline).toEqual(new Date(world.now().getTime() + 1_800 * SECOND));
});

test('a server that is busy is asked again, later and later, with the same message id', async () => {
  await world.contact('alice', alice);
  await confirmed();
  world.smtp.answer = () => 451;
  await world.deliver();
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'pending', deliveries: [{ outcome: 'failed' }] });

  world.pass(9 * SECOND);
  await world.deliver();
  expect((await onlyNotice()).deliveries).toHaveLength(1);
  world.pass(SECOND);
  await world.deliver();
  expect((await onlyNotice()).deliveries).toHaveLength(2);

  world.smtp.answer = () => undefined;
  world.pass(20 * SECOND);
  await world.deliver();
  const { status, deliveries } = await onlyNotice();
  expect(status).toBe('sent');
  expect(deliveries.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'sent']);
  expect(deliveries[0]!.error).toContain('451');
  expect((await world.published()).map(({ type }) => type)).toEqual(['NotificationSent']);
});

test('a definite no ends it, and the address stands neither in the log nor in the event', async () => {
  await world.contact('alice', alice);
  await confirmed();
  world.smtp.answer = () => 550;
  await world.deliver();
  world.pass(HOUR);
  await world.deliver();

  const { status, deliveries } = await onlyNotice();
  expect(status).toBe('failed');
  expect(deliveries).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('550') as string }]);
  expect(deliveries[0]!.error).not.toContain('alice@example.com');
  expect(await world.published()).toMatchObject([{ type: 'NotificationFailed', data: { reason: 'refused' } }]);
});

test('one customer whom the server refuses does not hold up the others', async () => {
  for (const name of ['alice', 'bob', 'carol']) {
    await world.contact(name, { email: `${name}@example.com`, locale: 'en' });
    await confirmed(name);
  }
  world.smtp.answer = (recipient) => (recipient.startsWith('bob') ? 550 : undefined);
  await world.deliver();
  expect(world.smtp.mails.map(({ to }) => to).sort()).toEqual(['alice@example.com', 'carol@example.com']);
});

test('a server that is down and comes back gets the mail', async () => {
  await world.contact('alice', alice);
  await confirmed();
  const port = Number(new URL(world.smtp.url).port);
  await world.smtp.stop();
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'pending', deliveries: [{ outcome: 'failed' }] });

  const back = await startTestSmtp(port);
  world.pass(10 * SECOND);
  await world.deliver();
  expect((await onlyNotice()).status).toBe('sent');
  expect(back.mails).toHaveLength(1);
  await back.stop();
});

test('a notice that cannot be delivered for a day is given up, and may be sent again later', async () => {
  await world.contact('alice', alice);
  await confirmed();
  world.smtp.answer = () => 421;
  await world.deliver();
  world.pass(24 * HOUR);
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'failed', deliveries: [{ outcome: 'failed' }] });
  expect(await world.published()).toMatchObject([{ type: 'NotificationFailed', data: { reason: 'undelivered' } }]);

  world.smtp.answer = () => undefined;
  await world.resend((await onlyNotice()).id);
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'sent', deliveries: [{}, { outcome: 'sent' }] });
  expect(await world.published()).toMatchObject([{ version: 1 }, { type: 'NotificationSent', version: 2 }]);
});

test('a resend is another mail, and there is none of what does not exist', async () => {
  await world.contact('alice', alice);
  await confirmed();
  await world.deliver();
  const { id } = await onlyNotice();
  await world.resend(id);
  await world.resend(id);
  await world.deliver();
  const ids = world.smtp.mails.map(({ raw }) => header(raw, 'Message-ID'));
  expect(ids).toEqual([`<${id}.0@notification.outerpark>`, `<${id}.1@notification.outerpark>`]);
  await expect(world.resend(randomUUID())).rejects.toMatchObject({ problem: 'not-found' });
});

test('a notice waits for its address and for what was reserved, whichever comes last', async () => {
  const early = newReservation('alice', world.now());
  await world.feed(early.declined(1));
  await world.deliver();
  await world.contact('alice', alice);
  await world.deliver();
  expect(world.smtp.mails).toEqual([]);
  await world.feed(early.reserved());
  await world.deliver();
  expect(world.smtp.mails).toHaveLength(1);

  const late = newReservation('bob', world.now());
  await world.feed(late.reserved(), late.confirmed());
  world.pass(2 * HOUR);
  await world.deliver();
  expect(await world.notices('bob')).toMatchObject([{ status: 'pending', deliveries: [] }]);
  await world.contact('bob', { email: 'bob@example.com', locale: 'ko' });
  await world.deliver();
  expect(await world.notices('bob')).toMatchObject([{ status: 'sent' }]);
});

test('a person who is erased gets no mail, and after a day the notice is given up', async () => {
  await world.contact('alice', alice);
  await confirmed();
  await world.contact('alice', null);
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'pending', deliveries: [] });
  world.pass(24 * HOUR);
  await world.deliver();
  expect(await onlyNotice()).toMatchObject({ status: 'failed', deliveries: [] });
  expect(await world.published()).toMatchObject([{ type: 'NotificationFailed', data: { reason: 'no-address' } }]);
  expect(world.smtp.mails).toEqual([]);
});

test('what happened more than a day ago is not mailed', async () => {
  await world.contact('alice', alice);
  await confirmed();
  world.pass(25 * HOUR);
  await world.deliver();
  expect((await onlyNotice()).status).toBe('failed');
  expect(world.smtp.mails).toEqual([]);
});

test('two workers share the notices, and each mail is sent once', async () => {
  await world.contact('alice', alice);
  for (let i = 0; i < 30; i++) await confirmed();
  const all = async (work: () => Promise<'busy' | 'idle'>) => {
    while ((await work()) === 'busy');
  };
  await Promise.all([all(world.worker()), all(world.worker()), all(world.worker())]);
  expect(world.smtp.mails).toHaveLength(30);
  expect(new Set(world.smtp.mails.map(({ raw }) => header(raw, 'Message-ID'))).size).toBe(30);
  expect(await world.published()).toHaveLength(30);
});

test('a worker that froze over its lease changes nothing when it thaws', async () => {
  await world.contact('alice', alice);
  await confirmed();
  const [frozen] = await claimDue(world.database, world.now(), new Date(world.now().getTime() + 60 * SECOND), 1, [
    'email',
  ]);
  await world.deliver();
  expect(world.smtp.mails).toEqual([]);

  world.pass(60 * SECOND);
  await world.deliver();
  expect((await onlyNotice()).status).toBe('sent');
  const settlement = { status: 'failed', reason: 'refused' } as const;
  const ended = await world.database.transact((tx) => endClaims(tx, [{ notice: frozen!, settlement }]));
  expect(ended).toEqual(new Set());
  expect((await onlyNotice()).status).toBe('sent');
});

test('a server that never answers costs one try', async () => {
  await world.contact('alice', alice);
  await confirmed();
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  await world.worker({ smtpUrl: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`, mailTimeoutMs: 200 })();
  expect(await onlyNotice()).toMatchObject({ status: 'pending', deliveries: [{ outcome: 'failed' }] });
  await new Promise((resolve) => silent.close(resolve));
});
