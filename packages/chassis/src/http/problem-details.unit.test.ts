import { continueTrace, runInContext } from '../context';
import { problem, TransientError } from '../errors';
import { asProblem, problemAnswer } from './problem-details';

const withCode = (code: string): Error => Object.assign(new Error('from below'), { code });

test('a problem is answered with its members, its headers and the request it belongs to', () => {
  const error = problem('seats-unavailable', 'VIP is short', { free: 3, retryAfterSeconds: 1.2 });
  const answer = runInContext(continueTrace('request-1', undefined), () => problemAnswer(error));
  expect(answer).toEqual({
    status: 409,
    headers: { 'Retry-After': '2' },
    body: {
      type: 'urn:outerpark:problem:seats-unavailable',
      title: 'Not enough free seats',
      status: 409,
      detail: 'VIP is short',
      free: 3,
      correlationId: 'request-1',
    },
  });
});

test('a member cannot take the place of a standard one', () => {
  expect(problemAnswer(problem('not-found', undefined, { status: 200, type: 'x' })).body).toMatchObject({
    status: 404,
  });
});

test('who is not known is asked for a bearer token', () => {
  expect(problemAnswer(problem('unauthenticated')).headers).toEqual({ 'WWW-Authenticate': 'Bearer' });
});

test.each(['08006', '53300', '57P01', '57014', '40001', '55P03', 'ECONNREFUSED', 'ENOTFOUND'])(
  'an outage is no bug: %s',
  (code) => {
    const answer = problemAnswer(asProblem(withCode(code)));
    expect([answer.status, answer.headers]).toEqual([503, { 'Retry-After': '1' }]);
  },
);

test('what calls itself transient may be tried again', () => {
  expect(asProblem(new TransientError('soon')).problem).toBe('service-unavailable');
  expect(asProblem(new Error('timeout exceeded when trying to connect')).problem).toBe('service-unavailable');
});

test.each([withCode('23505'), withCode('EACCES'), new TypeError('x is undefined'), 'a string', undefined])(
  'anything unknown is ours, and its text stays inside: %p',
  (error) => {
    const { status, body } = problemAnswer(asProblem(error));
    expect(status).toBe(500);
    expect(Object.keys(body)).toEqual(['type', 'title', 'status']);
  },
);
