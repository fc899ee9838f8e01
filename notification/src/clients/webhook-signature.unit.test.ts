import { secretBytes, signedHeaders } from './webhook-signature';

const known = secretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = '{"test": 2432232314}';
const now = new Date(1_614_265_330_999);
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

test('signs as the example of the specification', () => {
  expect(signedHeaders([known], id, body, now)).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
});

test('signs by each of several secrets, the first one first', () => {
  const signatures = signedHeaders([known, Buffer.alloc(32, 1)], id, body, now)['webhook-signature']!.split(' ');
  expect(signatures).toEqual([SIGNATURE, expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/)]);
  expect(signatures[1]).not.toBe(SIGNATURE);
});
