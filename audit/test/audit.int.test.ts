import { audit } from '../src/audit';
import { printed } from '../src/print';
import { createStores, playStory, startServices, type Services, type Stores } from './world';

jest.setTimeout(60_000);

let stores: Stores;
let services: Services;

beforeAll(async () => {
  stores = await createStores();
  services = await startServices(stores);
});
afterAll(async () => {
  await services?.stop();
  await stores?.end();
});

test('a consistent world passes while it runs', async () => {
  await playStory(stores, services);
  const report = await audit(stores.system, { patienceMs: 20_000 });
  console.log(printed(report));
  expect(report).toMatchObject({ ok: true });
});
