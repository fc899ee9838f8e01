import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createClient, type Answer } from './client';
import { pick, randomOf, type Accepted, type LoadPlan, type LoadResult, type Progress } from './plan';

// The load, in a thread of its own: as many requests under way as planned, each followed at once by the next.
const plan = workerData as LoadPlan;
const port = parentPort!;
const client = createClient(plan.gateways);
const random = randomOf(plan.seed);

/** What somebody wants, and asks for again under the same key until the answer is definite. */
interface Wish {
  customer: LoadPlan['customers'][number];
  body: object;
  key?: string;
  notBefore: number;
  tries: number;
}

const accepted = new Map<string, Accepted>();
const own = new Map<string, Accepted[]>(plan.customers.map(({ id }) => [id, []]));
const byKey = new Map<string, string>();
const contradictions: string[] = [];
let repeats: Wish[] = [];
let stopping = false;
let leastInFlight = Infinity;

const REPEAT_MS = 250;
const KEYED = 0.75;

const definite = (answer: Answer | undefined): boolean =>
  answer !== undefined && answer.status < 500 && answer.problem !== 'request-in-flight';

async function reserve(wish: Wish): Promise<void> {
  const { customer, body, key } = wish;
  const sentAt = Date.now();
  const answer = await client.send({ method: 'POST', path: '/api/reservations', token: customer.token, key, body });
  if (answer?.status === 201) remember(customer.id, answer.body as { id: string; price: number }, sentAt, key);
  else if (key && !definite(answer))
    repeats.push({ ...wish, tries: wish.tries + 1, notBefore: Date.now() + REPEAT_MS });
}

function remember(
  customerId: string,
  { id, price }: { id: string; price: number },
  sentAt: number,
  key?: string,
): void {
  const before = key === undefined ? undefined : byKey.get(key);
  if (before !== undefined && before !== id) contradictions.push(`one key got two reservations: ${before} and ${id}`);
  if (key !== undefined) byKey.set(key, id);
  if (accepted.has(id)) {
    if (before === undefined) contradictions.push(`reservation ${id} was given to two requests`);
    return;
  }
  const one = { id, customerId, price, sentAt, tookMs: Date.now() - sentAt, cancelled: false };
  accepted.set(id, one);
  own.get(customerId)!.push(one);
}

function newWish(): Wish {
  const customer = pick(plan.customers, random);
  const seats = 1 + Math.floor(random() * 3);
  const { musicalId, performanceId, grades } = chooseShow();
  const body =
    grades.length === 1 ? { musicalId, seats } : { performanceId, lines: [{ grade: pick(grades, random), seats }] };
  return { customer, body, key: random() < KEYED ? randomUUID() : undefined, notBefore: 0, tries: 0 };
}

function chooseShow(): LoadPlan['shows'][number] {
  let left = random() * plan.shows.reduce((sum, { share }) => sum + share, 0);
  return plan.shows.find(({ share }) => (left -= share) < 0) ?? plan.shows[0]!;
}

async function cancel(): Promise<void> {
  const [customer, one] = somebodysOwn();
  if (!one) return read();
  const answer = await client.send({ method: 'DELETE', path: `/api/reservations/${one.id}`, token: customer.token });
  if (answer?.status === 200) one.cancelled = true;
  if (answer?.status === 404)
    contradictions.push(`reservation ${one.id} was accepted, and cannot be found to be cancelled`);
}

async function payAgain(): Promise<void> {
  const [customer, one] = somebodysOwn();
  if (!one) return read();
  const path = `/api/reservations/${one.id}/payment`;
  await client.send({ method: 'POST', path, token: customer.token, key: random() < KEYED ? randomUUID() : undefined });
}

async function read(): Promise<void> {
  const [customer, one] = somebodysOwn();
  const { token } = customer;
  const chosen = random();
  if (chosen < 0.45) await client.send({ method: 'GET', path: '/api/mypage?limit=20', token });
  else if (chosen < 0.75 && one) {
    const answer = await client.send({ method: 'GET', path: `/api/reservations/${one.id}`, token });
    if (answer?.status === 404) contradictions.push(`reservation ${one.id} was accepted, and cannot be found`);
  } else if (chosen < 0.9) await client.send({ method: 'GET', path: `/api/musicals/${chooseShow().musicalId}` });
  else await client.send({ method: 'GET', path: '/api/musicals' });
}

function somebodysOwn(): [LoadPlan['customers'][number], Accepted | undefined] {
  const customer = pick(plan.customers, random);
  const reservations = own.get(customer.id)!;
  return [customer, reservations.length > 0 ? pick(reservations, random) : undefined];
}

async function next(): Promise<void> {
  const now = Date.now();
  const due = repeats.findIndex(({ notBefore }) => notBefore <= now);
  if (due >= 0) return reserve(repeats.splice(due, 1)[0]!);
  const chosen = random();
  if (chosen < 0.45) return reserve(newWish());
  if (chosen < 0.58) return cancel();
  if (chosen < 0.63) return payAgain();
  return read();
}

async function keepAsking(): Promise<void> {
  while (!stopping && client.requests() < plan.mostRequests) await next();
}

const LAST_REPEATS_MS = 60_000;

/** Whoever has no definite answer yet asks on until there is one: the faults are over by now. */
async function askForTheRest(): Promise<number> {
  for (const until = Date.now() + LAST_REPEATS_MS; repeats.length > 0 && Date.now() < until; await sleep(REPEAT_MS)) {
    const [wishes] = [repeats, (repeats = [])];
    await Promise.all(wishes.map(reserve));
  }
  return repeats.length;
}

async function run(): Promise<void> {
  const startedAt = performance.now();
  const asking = Array.from({ length: plan.inFlight }, keepAsking);
  const sampling = setInterval(() => (leastInFlight = Math.min(leastInFlight, client.inFlight())), 20);
  const telling = setInterval(() => {
    const progress: Progress = { requests: client.requests(), latest: [...accepted.values()].slice(-50) };
    port.postMessage({ progress });
  }, 200);
  port.on('message', () => (stopping = true));
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (!stopping && client.requests() < plan.mostRequests) return;
      clearInterval(look);
      clearInterval(sampling);
      resolve();
    }, 10);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(asking);
  const unanswered = await askForTheRest();
  clearInterval(telling);
  const result: LoadResult = {
    requests: client.requests(),
    seconds,
    leastInFlight,
    accepted: [...accepted.values()],
    answers: client.answers,
    unanswered,
    contradictions,
  };
  port.postMessage({ result });
  await client.close();
  port.close();
}

void run();
