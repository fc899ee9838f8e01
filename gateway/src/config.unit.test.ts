import { readConfig } from './config';

const NEEDED = Object.fromEntries(
  ['OIDC_ISSUER', 'MUSICAL_URL', 'RESERVATION_URL', 'PAYMENT_URL', 'NOTIFICATION_URL', 'MYPAGE_URL'].map((name) => [
    name,
    'http://127.0.0.1:1',
  ]),
);
const read = (env: Record<string, string>) => readConfig({ ...NEEDED, ...env });

test('nobody is trusted and no other site let in by default', () => {
  expect(read({})).toMatchObject({ trustedProxies: [], corsOrigins: [], publicUrl: ['http://127.0.0.1:8080'] });
});

test.each([
  ['loopback, 10.0.0.0/8,2001:db8::/32', ['loopback', '10.0.0.0/8', '2001:db8::/32']],
  ['192.0.2.1', ['192.0.2.1']],
  ['2', 2],
])('TRUSTED_PROXIES=%s', (text, expected) => {
  expect(read({ TRUSTED_PROXIES: text }).trustedProxies).toEqual(expected);
});

test.each([
  ['TRUSTED_PROXIES', 'true'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
  ['TRUSTED_PROXIES', 'proxy.example'],
  ['TRUSTED_PROXIES', '1, 2'],
  ['PUBLIC_URL', 'https://tickets.example/path'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://partner.example/'],
  ['CUSTOMER_REQUESTS_PER_MINUTE', '0'],
])('%s=%s is refused', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(`${name}="${value}"`);
});

test('a short secret is refused, and not shown', () => {
  expect(() => read({ SESSION_SECRET: `${'x'.repeat(32)},short` })).toThrow(/SESSION_SECRET: must be/);
});
