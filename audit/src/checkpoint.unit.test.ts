import { checkpointsOf } from './checkpoint';
import { openCopy, type Copy } from './copy/copy';

let copy: Copy;
beforeEach(() => {
  copy = openCopy();
  copy.insert('clock', [{ service: 'payment', now: 1_000 }]);
  copy.insert('interest', [{ consumer: 'mypage', topic: 'payment.events', type: 'PaymentApproved' }]);
});
afterEach(() => copy.close());

const topic = 'payment.events';
const row = (seq: number, changes: object = {}) =>
  copy.insert(
    'outbox',
    [{ event_id: `e${seq}`, service: 'payment', seq, topic, subject: 'a', version: seq, digest: 'd', forgets: 0 }].map(
      (made) => ({ ...made, published_at: 900, ...changes }),
    ),
  );
const message = (seq: number, changes: object = {}) =>
  copy.insert('event', [
    { topic, partition: 0, position: seq, id: `e${seq}`, type: 'PaymentApproved', digest: 'd', ...changes },
  ]);
const applied = (next: number) => copy.insert('consumer_offset', [{ consumer: 'mypage', topic, partition: 0, next }]);
const seq = () => checkpointsOf(copy)[0]!.seq;

/** Rows 4, 5 and 7, sent, there and applied: `seq` has gaps. */
const settled = ({ but, rowIs = {}, messageIs = {} }: { but?: number; rowIs?: object; messageIs?: object } = {}) => {
  for (const nr of [4, 5, 7]) {
    row(nr, nr === but ? rowIs : {});
    message(nr, nr === but ? messageIs : {});
  }
};

test('goes up to the last row when all are settled, as of the reading', () => {
  settled();
  applied(8);
  expect(checkpointsOf(copy)).toEqual([{ service: 'payment', seq: 7, asOf: 1_000 }]);
});

test('is nothing for an outbox without rows', () => {
  expect(checkpointsOf(copy)).toEqual([{ service: 'payment', seq: 0, asOf: 1_000 }]);
});

test.each<[string, { rowIs?: object; messageIs?: object }]>([
  ['was not sent', { rowIs: { published_at: null } }],
  ['was sent after the reading began', { rowIs: { published_at: 1_001 } }],
  ['is not in Kafka', { messageIs: { id: 'another' } }],
  ['is another in Kafka', { messageIs: { digest: 'another' } }],
  ['is on another topic', { messageIs: { topic: 'musical.events' } }],
])('ends before a row that %s, whatever comes behind', (_, changes) => {
  settled({ but: 5, ...changes });
  applied(8);
  expect(seq()).toBe(4);
});

test('ends before what somebody who cares has not applied', () => {
  settled();
  applied(7);
  expect(seq()).toBe(6);
  copy.insert('interest', [{ consumer: 'nobody yet', topic, type: 'PaymentApproved' }]);
  expect(seq()).toBe(3);
});

test('does not wait for those who do not care', () => {
  settled({ but: 7, messageIs: { type: 'PaymentDeclined' } });
  applied(7);
  expect(seq()).toBe(7);
});

test('passes a contact that compaction took, but not the last one of a customer', () => {
  const contact = { topic: 'customer.contacts', subject: 'kim', version: null };
  row(1, contact);
  row(2, contact);
  expect(seq()).toBe(1);
  row(3, { ...contact, forgets: 1 });
  expect(seq()).toBe(3);
});
