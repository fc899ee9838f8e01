import { eventually } from '@outerpark/chassis/testing/eventually';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Notice, NotificationPreferences } from '@outerpark/contracts/http/notifications';
import type { Page } from '@outerpark/contracts/http/paging';
import type { Customer } from './customer';
import { startSystem, type System } from './system';

let system: System;
let musicalId: string;

beforeAll(async () => {
  system = await startSystem();
  ({ id: musicalId } = await (await system.admin()).registers('Wicked', 100));
}, 120_000);
afterAll(() => system.shutDown());

const choose = async (customer: Customer, channels: NotificationPreferences['channels']) => {
  const answer = await customer.call('PUT', '/api/notifications/preferences', { language: 'en', channels });
  expect([answer.status, answer.body]).toEqual([200, { language: 'en', channels, available: ['email', 'chat'] }]);
};
const inbox = async <Item>(path: string) => (await (await fetch(system.inboxUrl + path)).json()) as Item[];
const told = ({ timeline }: MyPageItem) =>
  timeline.filter(({ type }) => type.startsWith('Notification')).map(({ type, detail }) => [type, detail.channel]);

test('whoever has chosen chat is told there and not by mail, and again when an operator sends it again', async () => {
  const alice = await system.customer('alice');
  await choose(alice, { email: false, chat: true });
  const { id } = await alice.reserves(musicalId, 2);
  const item = await alice.sees(id, ({ notifications }) => notifications.length > 0);
  expect(item.notifications).toMatchObject([{ kind: 'confirmed', status: 'sent' }]);
  expect(told(item)).toEqual([['NotificationSent', 'chat']]);
  const chats = () => inbox<{ text: string; reservationId: string }>('/chats?customer=alice');
  expect(await chats()).toMatchObject([{ reservationId: id, text: expect.stringContaining('₩20,000') as string }]);
  expect(await inbox('/email?to=alice@example.com')).toEqual([]);

  const { body } = await alice.call<Page<Notice>>('GET', '/api/notifications');
  expect(body.items.map(({ channel, status }) => [channel, status]).sort()).toEqual([
    ['chat', 'sent'],
    ['email', 'skipped'],
  ]);
  const notice = body.items.find(({ channel }) => channel === 'chat')!;
  const path = `/api/admin/notifications/${notice.id}/resend`;
  expect((await alice.call('POST', path, { reason: 'me' })).status).toBe(403);
  const admin = await system.admin();
  for (let click = 0; click < 2; click++)
    expect((await admin.call('POST', path, { reason: 'lost' }, { 'idempotency-key': 'click' })).status).toBe(202);
  await eventually(async () => expect(await chats()).toHaveLength(2), { withinMs: 15_000 });
});

test('whoever wants no messages reads on My page that the notice stands there', async () => {
  const bob = await system.customer('bob');
  await choose(bob, { email: false, chat: false });
  const { id } = await bob.reserves(musicalId, 1);
  const item = await bob.sees(id, ({ notifications }) => notifications.length > 0);
  expect(item.notifications).toMatchObject([{ kind: 'confirmed', status: 'sent' }]);
  expect(told(item)).toEqual([['NotificationSent', 'mypage']]);
  expect(await inbox('/email?to=bob@example.com')).toEqual([]);
  expect(await inbox('/chats?customer=bob')).toEqual([]);
});
