import { alice, createWorld, HOUR, newReservation, SECOND, type World } from './world';

// What customers choose, and what is done about it.
let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.contact('alice', alice);
});
afterEach(() => world.close());

async function confirmed() {
  const reservation = newReservation('alice', world.now());
  await world.feed(reservation.reserved(), reservation.confirmed());
  return reservation;
}

/** Each channel of the only notice, with what came of it. */
const states = async () =>
  Object.fromEntries((await world.notices()).map(({ channel, status }) => [channel, status] as const));
const told = async () =>
  (await world.published()).map(({ type, data }) => [type, (data as { channel: string }).channel]);

test('who has chosen nothing is told by e-mail alone, in the language of the contact', async () => {
  await confirmed();
  await world.deliver();
  expect(await states()).toEqual({ email: 'sent' });
  expect(world.smtp.mails[0]!.raw).toContain('Your reservation is confirmed');
  expect(world.chat.posts).toEqual([]);
});

test('both channels tell it, each once and each for itself', async () => {
  await world.choose({ email: true, chat: true });
  const { reservationId } = await confirmed();
  await world.deliver();
  await world.deliver();
  expect(await states()).toEqual({ email: 'sent', chat: 'sent' });
  expect(world.smtp.mails).toHaveLength(1);
  expect(world.chat.posts.map(({ webhook }) => webhook.data.reservationId)).toEqual([reservationId]);
  expect((await told()).sort()).toEqual([
    ['NotificationSent', 'chat'],
    ['NotificationSent', 'email'],
  ]);
  expect(new Set((await world.published()).map(({ subject }) => subject)).size).toBe(2);
});

test('a channel that is switched off is left out, and of that nothing is published', async () => {
  await world.choose({ email: false, chat: true }, 'ko');
  await confirmed();
  await world.deliver();
  expect(await states()).toEqual({ email: 'skipped', chat: 'sent' });
  expect(world.smtp.mails).toEqual([]);
  expect(world.chat.posts[0]!.webhook.data).toMatchObject({ language: 'ko', title: '예매가 확정되었습니다' });
  expect(await told()).toEqual([['NotificationSent', 'chat']]);
});

test('with everything off the notice stands on My page, and that is what is published', async () => {
  await world.choose({ email: false, chat: false });
  await confirmed();
  await world.deliver();
  expect(await states()).toEqual({ email: 'skipped', mypage: 'sent' });
  expect([world.smtp.mails, world.chat.posts]).toEqual([[], []]);
  expect(await told()).toEqual([['NotificationSent', 'mypage']]);
});

test('where there is no chat service, who wanted only that reads it on My page', async () => {
  await world.choose({ email: false, chat: true });
  await confirmed();
  const worker = world.worker({ hasChat: false });
  for (let round = 0; round < 3; round++) await worker();
  expect(await states()).toEqual({ email: 'skipped', mypage: 'sent' });
  expect(world.chat.posts).toEqual([]);
});

test('what is chosen counts for what is delivered from then on, also while a channel is in trouble', async () => {
  await confirmed();
  world.smtp.answer = () => 451;
  await world.deliver();
  expect(await states()).toEqual({ email: 'pending' });
  await world.choose({ email: false, chat: true });
  world.chat.answer = () => ({ status: 503 });
  world.pass(10 * SECOND);
  await world.deliver();
  expect(await states()).toEqual({ email: 'skipped', chat: 'pending' });

  // And back: by e-mail it was never told, so it is now.
  await world.choose({ email: true, chat: false });
  world.smtp.answer = () => undefined;
  world.pass(10 * SECOND);
  await world.deliver();
  expect(await states()).toEqual({ email: 'sent', chat: 'skipped' });
  expect(world.smtp.mails).toHaveLength(1);
  expect(await told()).toEqual([['NotificationSent', 'email']]);
});

test('a language that was chosen wins over that of the contact', async () => {
  await world.choose({ email: true, chat: false }, 'ko');
  await confirmed();
  await world.deliver();
  expect(world.smtp.mails[0]!.raw).toMatch(/Content-Type: multipart\/alternative/);
  expect(world.smtp.mails[0]!.raw).toContain('<html lang=3D"ko">');
});

test('what a channel was told already is not told again by a resend of another', async () => {
  await world.choose({ email: true, chat: true });
  await confirmed();
  await world.deliver();
  const { id } = (await world.notices()).find(({ channel }) => channel === 'chat')!;
  await world.resend(id);
  await world.deliver();
  expect(world.chat.posts).toHaveLength(2);
  expect(world.smtp.mails).toHaveLength(1);
});

test('what is too old goes to nobody, and stands on My page for whoever wanted it only there', async () => {
  await confirmed();
  await world.choose({ email: true, chat: true });
  world.pass(25 * HOUR);
  await world.deliver();
  expect(await states()).toEqual({ email: 'failed' });

  await world.choose({ email: false, chat: false });
  await confirmed();
  world.pass(25 * HOUR);
  await world.deliver();
  expect(await states()).toMatchObject({ mypage: 'sent' });
  expect([world.smtp.mails, world.chat.posts]).toEqual([[], []]);
});

test('who is erased is forgotten with what was chosen', async () => {
  await world.choose({ email: false, chat: true });
  await confirmed();
  await world.contact('alice', null);
  expect(await world.database.query('SELECT * FROM preference')).toEqual([]);
  await world.deliver();
  expect(world.chat.posts).toEqual([]);
});
