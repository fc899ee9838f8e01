import { createLogger } from '../logger';
import { eventually } from '../testing/eventually';
import { followReplicas, type Lookup, type ReplicaUrls } from './replica-urls';

const logger = createLogger('test', 'silent');
const NAME = 'dns+http://musical-pods:8081';
const open: ReplicaUrls[] = [];
afterEach(() => Promise.all(open.splice(0).map((replicas) => replicas.stop())));

const code = (text: string) => Object.assign(new Error(text), { code: text });

/** A name server that says what it is told to. */
const setUp = (urls: string[], first: string[] | Error) => {
  let answer = first;
  const asked: string[] = [];
  const changes: string[][] = [];
  const lookup: Lookup = (hostname) => {
    asked.push(hostname);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve([...answer]);
  };
  const onChange = (now: string[]) => void changes.push(now);
  const replicas = followReplicas({ urls, onChange, logger, lookup, everyMs: 5 });
  open.push(replicas);
  return { replicas, asked, changes, say: (next: string[] | Error) => void (answer = next) };
};

test('every address of a name is a replica, again and again', async () => {
  const { replicas, changes, say } = setUp([NAME], ['10.0.0.2', '10.0.0.1']);
  expect(replicas.urls()).toEqual([]);
  await replicas.looked;
  expect(replicas.urls()).toEqual(['http://10.0.0.1:8081', 'http://10.0.0.2:8081']);
  say(['10.0.0.2', 'fd00::3']);
  await eventually(() => expect(replicas.urls()).toEqual(['http://10.0.0.2:8081', 'http://[fd00::3]:8081']));
  expect(changes).toEqual([
    ['http://10.0.0.1:8081', 'http://10.0.0.2:8081'],
    ['http://10.0.0.2:8081', 'http://[fd00::3]:8081'],
  ]);
});

test('plain URLs stay as they are, beside names, each once and in their order', async () => {
  const { replicas } = setUp(['http://first:1', NAME, 'http://10.0.0.1:8081'], ['10.0.0.1']);
  await replicas.looked;
  expect(replicas.urls()).toEqual(['http://first:1', 'http://10.0.0.1:8081']);
});

test('without names nobody is asked', async () => {
  const { replicas, asked } = setUp(['http://one:1', 'http://two:2'], []);
  await replicas.looked;
  expect(replicas.check).not.toThrow();
  expect([replicas.urls(), asked]).toEqual([['http://one:1', 'http://two:2'], []]);
});

test('a name without an address is an answer: nobody is there yet', async () => {
  const { replicas, say } = setUp([NAME], code('ENOTFOUND'));
  expect(replicas.check).toThrow(`${NAME}: not looked up yet`);
  await replicas.looked;
  expect(replicas.check).not.toThrow();
  expect(replicas.urls()).toEqual([]);
  say(['10.0.0.1']);
  await eventually(() => expect(replicas.urls()).toEqual(['http://10.0.0.1:8081']));
});

test('while no name server answers, those that are known stay', async () => {
  const { replicas, asked, say } = setUp([NAME], ['10.0.0.1']);
  await replicas.looked;
  say(code('EAI_AGAIN'));
  const before = asked.length;
  await eventually(() => expect(asked.length).toBeGreaterThan(before + 3));
  expect(replicas.urls()).toEqual(['http://10.0.0.1:8081']);
  expect(replicas.check).not.toThrow();
});

test('no name server from the beginning is no answer', async () => {
  const { replicas } = setUp([NAME], code('EAI_AGAIN'));
  await replicas.looked;
  expect(replicas.check).toThrow(`${NAME}: EAI_AGAIN`);
});

test('a name that is denied once or twice is still believed in, and then no more', async () => {
  const { replicas, asked, say } = setUp([NAME], ['10.0.0.1']);
  await replicas.looked;
  const seen: [number, number][] = [];
  const before = asked.length;
  say(code('ENOTFOUND'));
  await eventually(
    () => {
      seen.push([asked.length - before, replicas.urls().length]);
      expect(replicas.urls()).toEqual([]);
    },
    { everyMs: 1 },
  );
  expect(seen.filter(([asks]) => asks < 3).every(([, known]) => known === 1)).toBe(true);
  expect(asked.length - before).toBeGreaterThanOrEqual(3);
});

test("the machine's own names are found by the system's resolver", async () => {
  const replicas = followReplicas({ urls: ['dns+http://localhost:1234'], logger });
  open.push(replicas);
  await replicas.looked;
  expect(replicas.urls()).toContain('http://127.0.0.1:1234');
});
