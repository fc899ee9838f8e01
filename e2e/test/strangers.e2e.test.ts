import type { Notice } from '@outerpark/contracts/http/notifications';
import type { Page } from '@outerpark/contracts/http/paging';
import type { Operation } from '@outerpark/contracts/operations/operation';
import { document, gatewayOperations } from '@outerpark/gateway/document';
import { inBraces } from '@outerpark/chassis/http/openapi';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { createCustomer, type Customer } from './customer';
import { startSystem, type System } from './system';

// Every call of the API's document, by somebody else than the one whom it is about, with her ids in it.
let system: System;
let alice: Customer;
let bob: Customer;
let nobody: Customer;
/** What is hers, by the names of the parameters and the resource before `:id`. */
let hers: Record<string, string>;
let before: MyPageItem;

beforeAll(async () => {
  system = await startSystem();
  [alice, bob] = [await system.customer('alice'), await system.customer('bob')];
  nobody = createCustomer(system.gatewayUrl, '');
  const musical = await (await system.admin()).registers('Hers', 10);
  const { id } = await eventually(() => alice.reserves(musical.id, 2), { withinMs: 30_000 });
  before = await alice.sees(id, ({ notifications }) => notifications.length > 0);
  const { body } = await alice.call<Page<Notice>>('GET', '/api/notifications');
  hers = {
    'musicals/:id': musical.id,
    'performances/:id': musical.performances[0]!.id,
    'waiting-rooms/:id': musical.performances[0]!.id,
    'reservations/:id': id,
    'notifications/:id': body.items[0]!.id,
    ':gradeId': musical.performances[0]!.grades[0]!.id,
    ':correlationId': 'hers-1',
    ...{ ':kind': 'hold', ':subject': id, ':action': 'release' },
    ...{ ':letter': 'reservation.events-0-0', ':cause': 'any' },
    ':provider': 'simulator',
  };
}, 120_000);
afterAll(() => system.shutDown(), 60_000);

const name = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;
const operationsOf = (...who: Operation['who'][]): [string, Operation][] =>
  gatewayOperations.filter((operation) => who.includes(operation.who)).map((operation) => [name(operation), operation]);

/** The path with what is hers in it. */
const pathOf = ({ path }: Operation): string =>
  Object.entries(hers).reduce(
    (filled, [place, value]) => filled.replace(place, place.replace(/:.*/, '') + value),
    path,
  );

interface Described {
  requestBody?: { content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }> };
}
const bodyOf = ({ path, method }: Operation): unknown => {
  const { requestBody } = (document.paths[inBraces(path)] as Record<string, Described>)[method]!;
  const { example, examples } = requestBody?.content['application/json'] ?? {};
  return example ?? Object.values(examples ?? {})[0]?.value;
};
const calls = (who: Customer, operation: Operation) =>
  who.call(operation.method.toUpperCase(), pathOf(operation), bodyOf(operation));
const isPrivate = ({ headers }: { headers: Headers }) => expect(headers.get('cache-control')).toContain('no-store');
const type = (problem: string) => ({ type: `urn:outerpark:problem:${problem}` });

test('every parameter of a path is filled in', () => {
  for (const [, operation] of operationsOf('anyone', 'identity', 'customer', 'admin'))
    expect(pathOf(operation)).not.toContain(':');
});

test.each(operationsOf('admin'))('%s is for admins only', async (_name, operation) => {
  const answer = await calls(bob, operation);
  expect(answer).toMatchObject({ status: 403, body: type('forbidden') });
  isPrivate(answer);
});

test.each(operationsOf('identity', 'customer', 'admin'))('%s wants to know who it is', async (_name, operation) => {
  const { method } = operation;
  const body = bodyOf(operation);
  const answer = await fetch(system.gatewayUrl + pathOf(operation), {
    method: method.toUpperCase(),
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect([answer.status, await answer.json()]).toMatchObject([401, type('unauthenticated')]);
  isPrivate(answer);
  expect(await calls(nobody, operation)).toMatchObject({ status: 401 });
});

/** A performance is everybody's. */
const hasHerId = ([, { path }]: [string, Operation]) => /:id/.test(path) && !path.includes('performances/:id');

test.each(operationsOf('identity', 'customer').filter(hasHerId))(
  '%s of hers is not there',
  async (_name, operation) => {
    const answer = await calls(bob, operation);
    expect(answer).toMatchObject({ status: 404, body: type('not-found') });
    isPrivate(answer);
  },
);

const reads = ([, { method, path, answer }]: [string, Operation]) =>
  method === 'get' && !path.includes(':') && !answer.events;

test.each(operationsOf('identity', 'customer').filter(reads))('%s tells nothing of hers', async (_name, operation) => {
  const answer = await calls(bob, operation);
  expect(answer.status).toBe(200);
  isPrivate(answer);
  const text = JSON.stringify(answer.body);
  for (const mine of [before.id, hers['notifications/:id']!, 'alice']) expect(text).not.toContain(mine);
});

test('his stream tells nothing of hers, and nobody keeps it', async () => {
  const stream = await bob.watches();
  isPrivate(stream);
  await eventually(() => expect(stream.events).toHaveLength(1));
  expect(JSON.stringify(stream.events)).not.toContain(before.id);
  stream.leave();
});

test('and all that is hers is as it was', async () => {
  expect(await alice.sees(before.id, () => true)).toEqual(before);
  const { body } = await alice.call<Page<Notice>>('GET', '/api/notifications');
  expect(body.items.map(({ id }) => id)).toEqual([hers['notifications/:id']]);
});
