import { createHmac, randomBytes } from 'node:crypto';
import { verifyStandardWebhook } from './standard-webhooks';

const now = new Date('2026-11-23T12:00:00.000Z');
const secret = randomBytes(32);
const body = Buffer.from('{"type":"charge.updated","data":{"key":"k1"}}');
const seconds = (offset = 0) => String(now.getTime() / 1000 + offset);
const sign = (id: string, timestamp: string, by = secret, over = body) =>
  `v1,${createHmac('sha256', by).update(`${id}.${timestamp}.${over.toString()}`).digest('base64')}`;
const delivery = (changes: Record<string, string | undefined> = {}, sent = body) => ({
  headers: {
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds(),
    'webhook-signature': sign('msg_1', seconds()),
    ...changes,
  },
  rawBody: sent,
});
const at = (timestamp: string) =>
  delivery({ 'webhook-timestamp': timestamp, 'webhook-signature': sign('msg_1', timestamp) });
const verified = (given: ReturnType<typeof delivery>, secrets = [secret]) => verifyStandardWebhook(secrets, given, now);

it('takes the example of the specification', () => {
  const given = {
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    rawBody: Buffer.from('{"test": 2432232314}'),
  };
  const known = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  expect(verifyStandardWebhook([known], given, new Date(1_614_265_330_000))).toBe('msg_p5jXN8AQM9LWM0D4loKWxJek');
});

it.each([
  ['signed', delivery()],
  ['five minutes old', at(seconds(-300))],
  ['five minutes ahead', at(seconds(300))],
  [
    'signed with the old secret and the new one',
    delivery({ 'webhook-signature': `${sign('msg_1', seconds(), randomBytes(32))} ${sign('msg_1', seconds())}` }),
  ],
])('takes one that is %s', (_, given) => expect(verified(given)).toBe('msg_1'));

it('takes each of two secrets of ours', () => {
  expect(verified(delivery(), [randomBytes(32), secret])).toBe('msg_1');
});

it.each([
  ['another secret', delivery({ 'webhook-signature': sign('msg_1', seconds(), randomBytes(32)) })],
  ['another body', delivery({}, Buffer.from('{"data":{"key":"k2"}}'))],
  ['another id', delivery({ 'webhook-id': 'msg_2' })],
  ['another time', delivery({ 'webhook-timestamp': seconds(1) })],
  ['no signature', delivery({ 'webhook-signature': undefined })],
  ['no id', delivery({ 'webhook-id': undefined })],
  ['a time that is none', at('now')],
  ['a version nobody knows', delivery({ 'webhook-signature': sign('msg_1', seconds()).replace('v1', 'v1a') })],
  ['a part of a signature', delivery({ 'webhook-signature': sign('msg_1', seconds()).slice(0, 20) })],
  ['an empty signature', delivery({ 'webhook-signature': 'v1,' })],
  ['more than five minutes of age', at(seconds(-301))],
  ['more than five minutes ahead of us', at(seconds(301))],
])('refuses one with %s', (_, given) => expect(verified(given)).toBeUndefined());
