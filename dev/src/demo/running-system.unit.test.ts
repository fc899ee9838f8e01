import { NothingRuns, requireReady, runningSystem } from './running-system';
import type { RunFile } from '../start/run-file';

const run = {
  gateway: 'http://127.0.0.1:8080',
  oidc: { issuer: 'http://127.0.0.1:8091', audience: 'outerpark' },
  mail: 'http://127.0.0.1:8092',
} as RunFile;

test('what npm start wrote down is found', () => {
  expect(runningSystem({}, run)).toEqual({
    gateway: 'http://127.0.0.1:8080',
    issuer: 'http://127.0.0.1:8091',
    mail: 'http://127.0.0.1:8092',
  });
});

test('the environment wins, and the inbox of another system is not looked into', () => {
  const env = { GATEWAY_URL: 'https://tickets.example/', OIDC_ISSUER: 'https://id.example/' };
  const named = { gateway: 'https://tickets.example', issuer: 'https://id.example/', mail: undefined };
  expect(runningSystem(env, run)).toEqual(named);
  expect(runningSystem(env, undefined)).toEqual(named);
});

test('with nothing running it says how to start', async () => {
  expect(() => runningSystem({}, undefined)).toThrow(NothingRuns);
  expect(() => runningSystem({ GATEWAY_URL: 'http://127.0.0.1:1' }, undefined)).toThrow(/npm start/);
  await expect(requireReady({ gateway: 'http://127.0.0.1:1', issuer: '' })).rejects.toThrow(
    /does not answer.*npm start/,
  );
});
