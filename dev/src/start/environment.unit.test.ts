import { addresses, environmentOf, ownServers } from './environment';
import { portsWith } from './ports';

const at = (env: NodeJS.ProcessEnv = {}, replicas = 1) => addresses(env, portsWith(1000), replicas, '/data');

test('without a word of the user everything is ours, by its port', () => {
  expect(ownServers({ SMTP_URL: '' })).toEqual({
    databases: ['musical', 'reservation', 'payment', 'notification'],
    kafka: true,
    simulator: true,
    issuer: true,
    mail: true,
  });
  expect(at().databases.musical).toBe('postgres://musical:musical@127.0.0.1:55329/musical');
  expect(at()).toMatchObject({
    gateway: 'http://127.0.0.1:9080',
    kafkaBrokers: '127.0.0.1:20092',
    smtp: 'smtp://127.0.0.1:9093',
  });
});

test('a server that the user names is used and not started', () => {
  const env = {
    KAFKA_BROKERS: 'k:1',
    PAYMENT_DATABASE_URL: 'postgres://p',
    OIDC_ISSUER: 'https://i',
    OIDC_AUDIENCE: 'a',
  };
  expect(ownServers(env)).toMatchObject({
    kafka: false,
    issuer: false,
    mail: true,
    databases: ['musical', 'reservation', 'notification'],
  });
  expect(at(env)).toMatchObject({
    kafkaBrokers: 'k:1',
    databases: { payment: 'postgres://p' },
    oidc: { issuer: 'https://i', audience: 'a' },
  });
});

test('a webhook secret for development is for our own simulator only', () => {
  const secretOf = (env: NodeJS.ProcessEnv) => environmentOf('payment', 1, at(env), 9083).PAYMENT_WEBHOOK_SECRET;
  expect(secretOf({})).toMatch(/^whsec_/);
  expect(secretOf({ PAYMENT_PROVIDER_URL: 'https://pay' })).toBe('');
  expect(secretOf({ PAYMENT_PROVIDER_URL: 'https://pay', PAYMENT_WEBHOOK_SECRET: 'whsec_own' })).toBe('whsec_own');
});

test('chat messages go to our own inbox, to the adapter that the user names, or nowhere', () => {
  expect(at().chat).toEqual({ url: 'http://127.0.0.1:9092/chat', secret: expect.stringMatching(/^whsec_/) as string });
  const own = { CHAT_WEBHOOK_URL: 'https://chat', CHAT_WEBHOOK_SECRET: 'whsec_own' };
  expect(at(own).chat).toEqual({ url: 'https://chat', secret: 'whsec_own' });
  expect(at({ SMTP_URL: 'smtp://theirs' }).chat).toEqual({ url: '', secret: '' });
});

test('every replica has its port, its folder, and is known to those who call it', () => {
  const two = at({}, 2);
  expect(environmentOf('gateway', 1, two, 9080)).toMatchObject({
    MYPAGE_URL: 'http://127.0.0.1:9085,http://127.0.0.1:9185',
  });
  expect(environmentOf('reservation', 2, two, 9182)).toMatchObject({
    PORT: '9182',
    MUSICAL_URL: 'http://127.0.0.1:9081,http://127.0.0.1:9181',
    DATABASE_URL: two.databases.reservation,
  });
  expect(environmentOf('mypage', 2, two, 9185)).toMatchObject({
    DATA_DIR: '/data/mypage-2',
    KAFKA_BROKERS: '127.0.0.1:20092',
  });
  expect(environmentOf('mypage', 2, two, 9185)).not.toHaveProperty('DATABASE_URL');
  expect(environmentOf('gateway', 1, two, 9080)).not.toHaveProperty('KAFKA_BROKERS');
});
