import { readConfig } from './config';

const needed = {
  DATABASE_URL: 'postgres://payment@localhost/payment',
  KAFKA_BROKERS: 'localhost:9092',
  OIDC_ISSUER: 'http://localhost:8091',
  PAYMENT_PROVIDER_URL: 'http://localhost:8090',
};

it('has the defaults of production', () => {
  expect(readConfig(needed)).toMatchObject({
    port: 8083,
    providerTimeoutMs: 3_000,
    deferralMs: 900_000,
    attemptCutoffMs: 60_000,
    breakerVolume: 10,
    breakerResetMs: 5_000,
    workerConcurrency: 64,
    workerPollMs: 200,
  });
});

it('needs a deferral that leaves time to pay', () => {
  expect(() => readConfig({ ...needed, DEFERRAL_MS: '60000' })).toThrow(
    'ATTEMPT_CUTOFF_MS must be less than DEFERRAL_MS',
  );
});

it('needs a provider', () => {
  expect(() => readConfig({ ...needed, PAYMENT_PROVIDER_URL: '' })).toThrow('PAYMENT_PROVIDER_URL: is missing');
});
