import { eventually } from '@outerpark/chassis/testing/eventually';
import { startSystem, type ServiceName, type System } from '../system';
import { readExposition, type Family } from './exposition';
import { documentedMetrics, SERVICES } from './reference';

// The names, types and labels of the metrics are a contract: dashboards, alerts and other people's queries stand on them.
let system: System;
const documented = documentedMetrics();
const isOfNode = ({ name }: { name: string }) => /^(nodejs|process)_/.test(name);

/** A sale with all that follows, so that every metric has something to tell. */
async function sellAndCancel() {
  const [admin, alice] = [await system.admin(), await system.customer('alice')];
  const musical = await admin.registers('Measured', 10);
  const { id } = await alice.reserves(musical.id, 4);
  await alice.sees(id, ({ status }) => status === 'confirmed');
  expect((await alice.call('POST', '/api/reservations', { musicalId: musical.id, seats: 7 })).status).toBe(409);
  expect((await alice.call('DELETE', `/api/reservations/${id}`)).status).toBe(200);
  await alice.sees(id, ({ payment }) => payment.status === 'cancelled');
  for (const path of ['/api/payments', '/api/notifications']) expect((await alice.call('GET', path)).status).toBe(200);
  await alice.reserves(musical.id, 3);
  const stream = await alice.watches();
  await alice.reserves(musical.id, 1);
  return stream;
}

beforeAll(async () => {
  system = await startSystem();
  const stream = await sellAndCancel();
  await eventually(async () => {
    const { samples } = (await scrape('mypage')).get('mypage_stream_delay_seconds')!;
    expect(samples).toBeGreaterThan(0);
  });
  stream.leave();
}, 120_000);
afterAll(() => system.shutDown(), 60_000);

const scrape = async (service: string): Promise<Map<string, Family>> =>
  readExposition(await (await fetch(`${system.url(service as ServiceName)}/metrics`)).text());

const contractOf = ({ name, type, labels, tells }: { name: string; type: string; labels: string[]; tells: string }) =>
  `${name} | ${type} | ${labels.join(', ')} | ${tells}`;

test.each(SERVICES)('%s tells what docs/metrics.md says, by name, type, labels and meaning', async (service) => {
  await eventually(async () => {
    const told = [...(await scrape(service)).values()]
      .filter((family) => !isOfNode(family))
      .map((family) => contractOf({ ...family, tells: family.help }));
    const expected = documented.filter((metric) => metric.of.includes(service) && !isOfNode(metric)).map(contractOf);
    expect(told.sort()).toEqual(expected.sort());
  });
});

test("Node's own metrics are as docs/metrics.md says", async () => {
  const byName = new Map(documented.filter(isOfNode).map((metric) => [metric.name, metric]));
  for (const { name, type, help, labels, samples } of [...(await scrape('gateway')).values()].filter(isOfNode)) {
    const known = byName.get(name);
    // What has nothing to tell just now shows no labels.
    expect([name, known?.type, known?.tells, samples ? known?.labels : []]).toEqual([name, type, help, labels]);
  }
});

test('every series says of which service it is, and there are not many', async () => {
  for (const service of SERVICES) {
    const text = await (await fetch(`${system.url(service as ServiceName)}/metrics`)).text();
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(samples.filter((line) => !line.includes(`service="${service}"`))).toEqual([]);
    expect(samples.length).toBeLessThan(800);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
  }
});

test('seats, sagas and events are counted as they are', async () => {
  const valueOf = async (service: ServiceName, series: string) => {
    const text = await (await fetch(`${system.url(service)}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    if (line === undefined) throw new Error(`${series} is not told`);
    return Number(line.slice(line.lastIndexOf(' ')));
  };
  // Four of ten were sold at the end, one after the other; what costs more is read every 15 seconds.
  await eventually(
    async () => {
      expect(await valueOf('musical', 'seats{state="sold",service="musical"}')).toBe(4);
      expect(await valueOf('musical', 'seats{state="held",service="musical"}')).toBe(0);
      expect(await valueOf('musical', 'seats{state="free",service="musical"}')).toBe(6);
      expect(await valueOf('reservation', 'sagas_open{service="reservation"}')).toBe(0);
      expect(await valueOf('reservation', 'reservations_awaiting_payment{service="reservation"}')).toBe(0);
    },
    { withinMs: 25_000, everyMs: 500 },
  );
  const decided = (type: string) =>
    valueOf('reservation', `events_decided_total{type="${type}",service="reservation"}`);
  expect([await decided('SeatsReserved'), await decided('ReservationCancelled')]).toEqual([3, 1]);
  expect(await valueOf('musical', 'store_up{service="musical"}')).toBe(1);
  expect(await valueOf('musical', 'postgres_pool_size{service="musical"}')).toBe(10);
});
