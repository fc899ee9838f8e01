import { createLogger } from '@outerpark/chassis/logger';
import { createReplicas, type Replica, type Replicas } from './replicas';

const URLS = ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3'];
const customers = Array.from({ length: 3000 }, (_, i) => `customer-${i}`);
const first = (order: Replica[]): string => order[0]!.url;
const portsOf = (order: Replica[]): string => order.map(({ url }) => url.slice(-1)).join('');

const open: Replicas[] = [];
afterEach(() => Promise.all(open.splice(0).map((replicas) => replicas.close())));

function replicasAt(urls: string[]): Replicas {
  const replicas = createReplicas({ service: 'test', urls, timeoutMs: 100, logger: createLogger('test', 'silent') });
  open.push(replicas);
  return replicas;
}

test('each request begins with the next replica and could go on to all', () => {
  const replicas = replicasAt(URLS);
  const orders = Array.from({ length: 4 }, () => portsOf(replicas.inTurn()));
  expect(orders).toEqual(['123', '231', '312', '123']);
});

test('a doubted replica is the last resort', () => {
  const replicas = replicasAt(URLS);
  replicas.inTurn()[0]!.doubt(new Error('gone'));
  expect(Array.from({ length: 3 }, () => portsOf(replicas.inTurn()))).toEqual(['231', '321', '231']);
  replicas.inTurn().forEach((replica) => replica.doubt(new Error('gone')));
  expect(replicas.inTurn()).toHaveLength(3);
});

test('keys spread evenly, and stay whatever the order of the URLs', () => {
  const replicas = replicasAt(URLS);
  const homes = customers.map((customer) => first(replicas.nearestTo(customer)));
  for (const url of URLS) expect(homes.filter((home) => home === url).length).toBeGreaterThan(customers.length / 4);

  const elsewhere = replicasAt([...URLS].reverse());
  expect(customers.map((customer) => first(elsewhere.nearestTo(customer)))).toEqual(homes);
});

test('only the keys of a replica that fails move, and they spread over the others', () => {
  const replicas = replicasAt(URLS);
  const homes = customers.map((customer) => first(replicas.nearestTo(customer)));
  replicas.inTurn()[0]!.doubt(new Error('gone'));
  const moved = customers.map((customer) => first(replicas.nearestTo(customer)));
  customers.forEach((_, i) => homes[i] === URLS[0] || expect(moved[i]).toBe(homes[i]));
  const shares = URLS.map((url) => moved.filter((home, i) => homes[i] === URLS[0] && home === url).length);
  expect(shares[0]).toBe(0);
  expect(Math.min(shares[1]!, shares[2]!)).toBeGreaterThan(customers.length / 9);
});
