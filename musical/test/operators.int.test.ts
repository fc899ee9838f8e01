import type { AttentionItem } from '@outerpark/contracts/http/operators';
import request from 'supertest';
import { ended, heldIn, oneNight, startTestMusical } from './musical';

let musical: Awaited<ReturnType<typeof startTestMusical>>;
beforeAll(async () => {
  musical = await startTestMusical();
});
afterAll(() => musical.stop());

const attention = async (subject: string): Promise<AttentionItem | undefined> => {
  const token = await musical.issuer.token({ sub: 'root', roles: ['admin'] });
  const { body } = await request(musical.url).get('/api/admin/attention').auth(token, { type: 'bearer' }).expect(200);
  return (body as { items: AttentionItem[] }).items.find((item) => item.subject === subject);
};
const heldSince = (id: string, interval: string) =>
  musical.store.query(`UPDATE hold SET created_at = now() - $2::interval WHERE reservation_id = $1`, [id, interval]);

test('a hold that is held for longer than any reservation waits is seen until its event comes', async () => {
  const { id: musicalId } = await musical.musical(oneNight({ R: 10 }));
  const { reservationId } = heldIn(await musical.hold({ musicalId, seats: 2 }));
  await heldSince(reservationId, '24 hours');
  expect(await attention(reservationId)).toBeUndefined();
  await heldSince(reservationId, '26 hours');
  expect(await attention(reservationId)).toMatchObject({ kind: 'hold', actions: ['release'] });
  await musical.feed(ended('Abandoned', { reservationId }));
  expect(await attention(reservationId)).toBeUndefined();
});

test('a hold that is sold is where it belongs', async () => {
  const { id: musicalId } = await musical.musical(oneNight({ R: 10 }));
  const { reservationId } = heldIn(await musical.hold({ musicalId, seats: 2 }));
  await musical.feed(ended('Confirmed', { reservationId }));
  await heldSince(reservationId, '26 hours');
  expect(await attention(reservationId)).toBeUndefined();
});
