import { randomUUID } from 'node:crypto';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { NoticeChannel } from '@outerpark/contracts/notification-events';
import { reconcile } from '../src/reconcile';
import { createWorld } from './world';

// A store that was put back to before what its own events tell.
let world: Awaited<ReturnType<typeof createWorld>>;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const reservationId = randomUUID();
const sent = (noticeId: string, tells?: number, channel: NoticeChannel = 'email'): DomainEvent => ({
  type: 'NotificationSent',
  data: { noticeId, reservationId, customerId: 'alice', kind: 'confirmed', channel, tells },
});
const mend = (...events: DomainEvent[]) =>
  world.database.transact((tx) =>
    reconcile(
      tx,
      events.map((event, offset) => ({
        ...messageOf(event, { subject: (event.data as { noticeId: string }).noticeId, offset }),
        topic: 'notification.events',
      })),
    ),
  );
const notices = () => world.database.query('SELECT id, status, version FROM notice ORDER BY version DESC');

it('what was sent is not sent again', async () => {
  const id = randomUUID();
  const { conflicts, mends } = await mend(sent(id, 2));
  expect(conflicts).toEqual([]);
  expect(mends).toEqual({ notices: [`NotificationSent: confirmed of ${reservationId}`] });
  expect(await notices()).toEqual([{ id, status: 'sent', version: 2 }]);
  await world.deliver();
  expect(world.smtp.mails).toEqual([]);
});

it('what was sent by each channel is each known', async () => {
  const [byMail, byChat] = [randomUUID(), randomUUID()];
  const { conflicts } = await mend(sent(byMail, 2), sent(byChat, 2, 'chat'));
  expect(conflicts).toEqual([]);
  expect((await world.notices()).map(({ id, channel, status }) => [id, channel, status]).sort()).toEqual(
    [
      [byMail, 'email', 'sent'],
      [byChat, 'chat', 'sent'],
    ].sort(),
  );
});

it('notices that do not say what they tell each have a place of their own', async () => {
  const ids = [randomUUID(), randomUUID()];
  const { conflicts } = await mend(...ids.map((id) => sent(id)));
  expect(conflicts).toEqual([]);
  expect(await notices()).toEqual([
    { id: ids[0], status: 'sent', version: -1 },
    { id: ids[1], status: 'sent', version: -2 },
  ]);
});

it('people have to decide when another notice has told the same since', async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  await mend(sent(first, 2));
  expect((await mend(sent(second, 2))).conflicts).toEqual([
    `notice ${second}: since the store was put back another tells confirmed of ${reservationId}`,
  ]);
  expect(await notices()).toEqual([{ id: first, status: 'sent', version: 2 }]);
});
