import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { chatWebhook, type ChatWebhook } from '@outerpark/contracts/http/notifications';
import { createChat } from '../src/clients/chat';
import { secretBytes } from '../src/clients/webhook-signature';
import type { Post } from './chat';
import { alice, CHAT_SECRETS, createWorld, newReservation, PUBLIC_URL, SECOND, type World } from './world';

// The chat channel, as a receiver sees it that was written from the docs.

interface Example {
  verifyWebhook(secrets: string[], headers: object, rawBody: string, now?: number): string | undefined;
  startReceiver(secrets: string[], show: (notice: ChatWebhook['data']) => void, port: number): Server;
}
const docs = readFileSync(join(__dirname, '../../docs/notifications.md'), 'utf8');
const code = /```js\n(.*?)```/s.exec(docs)![1]!;
const load = runInThisContext(`(require) => { ${code}; return { verifyWebhook, startReceiver }; }`) as (
  require: NodeJS.Require,
) => Example;
const { verifyWebhook, startReceiver } = load(createRequire(__filename));

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.contact('alice', alice);
  await world.choose({ email: true, chat: true });
});
afterEach(() => world.close());

const confirm = async () => {
  const reservation = newReservation('alice', world.now());
  await world.feed(reservation.reserved(), reservation.confirmed());
  return reservation;
};
const byChat = async () => (await world.notices()).find(({ channel }) => channel === 'chat')!;
const [newer, older] = CHAT_SECRETS as [string, string];
const verified = ({ headers, raw }: Post, secrets = [newer]) =>
  verifyWebhook(secrets, headers, raw, world.now().getTime());

test('a notice comes signed by each secret, in words and as data', async () => {
  const reservation = newReservation('alice', world.now());
  await world.feed(reservation.reserved(), reservation.actionRequired(1));
  await world.deliver();
  const [post] = world.chat.posts;
  const { id } = await byChat();
  expect(post!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': `notice_${id}_0` });
  expect(chatWebhook.parse(post!.webhook)).toEqual(post!.webhook);
  expect(post!.webhook).toMatchObject({
    type: 'notice.action_required',
    timestamp: world.now().toISOString(),
    data: {
      ...{ noticeId: id, reservationId: reservation.reservationId, customerId: 'alice', language: 'en' },
      ...{ musical: 'Laundry', lines: [{ grade: 'R', seats: 2 }], price: 300_000 },
      title: 'Please complete your payment',
      text: expect.stringContaining('Price: ₩300,000') as string,
      links: [
        { label: 'Payment page', url: 'https://pay.example/1' },
        { label: 'My page', url: `${PUBLIC_URL}/mypage` },
      ],
    },
  });
  expect(post!.raw).not.toContain('alice@example.com');
  for (const secret of [newer, older]) expect(verified(post!, [secret])).toBe(`notice_${id}_0`);
});

test('the receiver of the docs knows a wrong secret, a changed body, another id and a replay', async () => {
  await confirm();
  await world.deliver();
  const post = world.chat.posts[0]!;
  expect(verified(post)).toBeDefined();
  expect(verified(post, [`whsec_${Buffer.alloc(32).toString('base64')}`])).toBeUndefined();
  expect(verified({ ...post, raw: post.raw.replace('300000', '300001') })).toBeUndefined();
  expect(verified({ ...post, headers: { ...post.headers, 'webhook-id': 'notice_of_another' } })).toBeUndefined();
  expect(verified({ ...post, headers: { ...post.headers, 'webhook-signature': 'v1,' } })).toBeUndefined();
  world.pass(301 * SECOND);
  expect(verified(post)).toBeUndefined();
});

test('and shows each notice once, and nothing that is not signed', async () => {
  const shown: string[] = [];
  const server = startReceiver([older], ({ title }) => void shown.push(title), 0);
  await eventually(() => expect(server.listening).toBe(true));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const by = (secret: string) =>
    createChat({ url, secrets: [secretBytes(secret)], timeoutMs: 5 * SECOND, now: () => new Date() });

  await confirm();
  await world.deliver();
  const { webhook } = world.chat.posts[0]!;
  expect(await by(older).post('notice_1', webhook)).toEqual({ kind: 'sent' });
  expect(await by(older).post('notice_1', webhook)).toEqual({ kind: 'sent' });
  expect(await by(newer).post('notice_2', webhook)).toEqual({ kind: 'failed', error: 'answered 401' });
  expect(shown).toEqual(['Your reservation is confirmed']);
  await new Promise((resolve) => server.close(resolve));
});

test('an adapter that is busy is asked again when it wants to be, under the same id and signed anew', async () => {
  await confirm();
  world.chat.answer = () => ({ status: 429, headers: { 'Retry-After': '60' } });
  await world.deliver();
  world.chat.answer = () => ({ status: 503 });
  world.pass(59 * SECOND);
  await world.deliver();
  expect(world.chat.posts).toHaveLength(1);
  world.pass(SECOND);
  await world.deliver();
  expect(world.chat.posts).toHaveLength(2);
  world.chat.answer = () => ({ status: 200 });
  world.pass(20 * SECOND);
  await world.deliver();

  const { status, deliveries } = await byChat();
  expect(status).toBe('sent');
  expect(deliveries.map(({ channel, outcome, error }) => [channel, outcome, error])).toEqual([
    ['chat', 'failed', 'answered 429'],
    ['chat', 'failed', 'answered 503'],
    ['chat', 'sent', null],
  ]);
  const [first, second, third] = world.chat.posts.map(({ headers }) => headers);
  expect(second!['webhook-id']).toBe(first!['webhook-id']);
  expect(Number(third!['webhook-timestamp']) - Number(first!['webhook-timestamp'])).toBe(80);
  expect(verified(world.chat.posts[2]!)).toBeDefined();
  // Nothing of it touched the mail.
  expect(world.smtp.mails).toHaveLength(1);
});

test('a definite no ends it, and the mail is sent all the same', async () => {
  await confirm();
  world.chat.answer = () => ({ status: 410 });
  await world.deliver();
  world.pass(3_600 * SECOND);
  await world.deliver();
  expect(await byChat()).toMatchObject({ status: 'failed', deliveries: [{ error: 'answered 410' }] });
  expect(world.chat.posts).toHaveLength(1);
  expect(world.smtp.mails).toHaveLength(1);
  expect(await world.published()).toMatchObject([
    { type: 'NotificationSent', data: { channel: 'email' } },
    { type: 'NotificationFailed', data: { channel: 'chat', reason: 'refused' } },
  ]);
});

test('a redirect is not followed, and is tried again', async () => {
  await confirm();
  world.chat.answer = () => ({ status: 307, headers: { Location: `${world.chat.url}/elsewhere` } });
  await world.deliver();
  expect(world.chat.posts).toHaveLength(1);
  expect(await byChat()).toMatchObject({ status: 'pending', deliveries: [{ error: 'answered 307' }] });
});

test('an adapter that never answers costs one try', async () => {
  await confirm();
  world.chat.answer = () => undefined;
  const worker = world.worker({ chatTimeoutMs: 200 });
  for (let round = 0; round < 2; round++) await worker();
  expect(world.chat.posts).toHaveLength(1);
  expect(await byChat()).toMatchObject({ status: 'pending', deliveries: [{ outcome: 'failed' }] });
  expect(world.smtp.mails).toHaveLength(1);
});

test('a resend is another webhook', async () => {
  await confirm();
  await world.deliver();
  const { id } = await byChat();
  await world.resend(id);
  await world.resend(id);
  await world.deliver();
  expect(world.chat.posts.map(({ headers }) => headers['webhook-id'])).toEqual([`notice_${id}_0`, `notice_${id}_1`]);
});

test('the signature is the HMAC that the specification says', async () => {
  await confirm();
  await world.deliver();
  const { headers, raw } = world.chat.posts[0]!;
  const over = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`;
  const by = (secret: string) =>
    `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(over)
      .digest('base64')}`;
  expect(headers['webhook-signature']).toBe(`${by(newer)} ${by(older)}`);
});
