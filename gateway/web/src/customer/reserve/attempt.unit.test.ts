import type { Reservation } from '@outerpark/contracts/http/reservations';
import { failureOf, offline, type Failure } from '../../api/failure';
import { advance, mayChange, START, type Action, type Attempt } from './attempt';
import { linesOf, objectionTo, priceOf, seatsIn, withSeats } from './choice';

const NOW = 1_000_000;
const choice = { VIP: 2, R: 1 };
const reservation = { id: 'r-1', seats: 3 } as Reservation;
const problem = (status: number, name: string, members: object = {}, headers = {}): Failure =>
  failureOf(
    status,
    new Headers(headers),
    { type: `urn:outerpark:problem:${name}`, title: '', status, ...members },
    NOW,
  );

const after = (...actions: Action[]): Attempt => actions.reduce(advance, START);
const sent: Action[] = [
  { type: 'choose', choice },
  { type: 'review', choice, key: 'k-1' },
  { type: 'send', owner: 'alice' },
];
const failed = (failure: Failure): Action => ({ type: 'failed', failure, now: NOW });

describe('an attempt to reserve', () => {
  it('goes from the choice over the review to the reservation', () => {
    expect(after(...sent)).toEqual({ step: 'sending', choice, key: 'k-1', owner: 'alice', tries: 0 });
    expect(after(...sent, { type: 'answered', reservation })).toEqual({
      step: 'reserved',
      owner: 'alice',
      reservation,
    });
  });

  it('is sent once however often the button is clicked, and a second answer changes nothing', () => {
    const once = after(...sent);
    expect(advance(once, { type: 'send', owner: 'alice' })).toBe(once);
    const done = after(...sent, { type: 'answered', reservation });
    expect(advance(done, { type: 'answered', reservation: { ...reservation, id: 'r-2' } })).toBe(done);
    expect(advance(done, { type: 'review', choice, key: 'k-2' })).toBe(done);
  });

  it('keeps the choice and says how many are free when the last seats went', () => {
    const refused = after(...sent, failed(problem(409, 'seats-unavailable', { free: 1, grade: 'VIP' })));
    const refusal = { kind: 'seats-unavailable', grade: 'VIP', free: 1, wanted: 2 };
    expect(refused).toEqual({ step: 'choose', choice, refusal });
    // What is offered instead is another intention: it has another key.
    const fewer = withSeats(choice, 'VIP', 1);
    expect(advance(refused, { type: 'review', choice: fewer, key: 'k-2' })).toEqual({
      step: 'review',
      choice: { R: 1, VIP: 1 },
      key: 'k-2',
    });
  });

  it('waits for its turn in the waiting room, and is then sent as it was', () => {
    const queued = { step: 'queued', choice, key: 'k-1', owner: 'alice', since: NOW };
    expect(after(...sent, failed(problem(429, 'waiting-room', { position: 7 })))).toEqual(queued);
    const known: Action[] = [...sent.slice(0, 2), { type: 'queue', owner: 'alice', now: NOW }];
    expect(after(...known)).toEqual(queued);
    expect(after(...known, { type: 'again' })).toEqual(after(...sent));
    // Nothing was reserved: another choice may be made meanwhile.
    expect(after(...known, { type: 'change' })).toEqual({ step: 'choose', choice, refusal: null });
  });

  it('says the limit for one customer', () => {
    const refused = after(...sent, failed(problem(409, 'customer-limit-reached', { maxPerCustomer: 2 })));
    expect(refused).toMatchObject({ step: 'choose', choice, refusal: { kind: 'customer-limit-reached', most: 2 } });
  });

  it('waits as long as it is told while seats cannot be checked, and asks again under the same key', () => {
    const waiting = after(...sent, failed(problem(503, 'seat-check-unavailable', {}, { 'retry-after': '7' })));
    expect(waiting).toMatchObject({ step: 'waiting', why: 'seat-check', until: NOW + 7000, key: 'k-1' });
    expect(advance(waiting, { type: 'again' })).toMatchObject({ step: 'sending', key: 'k-1', tries: 1 });
    expect(mayChange(waiting)).toBe(true);
  });

  it.each([
    ['no answer', offline()],
    ['a fault', problem(500, 'internal-error')],
    ['an answer of something else', failureOf(502, new Headers(), undefined, NOW)],
    ['a time-out', problem(504, 'gateway-timeout')],
    ['a first request that is in flight', problem(409, 'request-in-flight')],
  ])('asks again under the same key after %s, and lets nothing else be chosen until it knows', (_, failure) => {
    const waiting = after(...sent, failed(failure));
    expect(waiting).toMatchObject({ step: 'waiting', why: 'no-answer', key: 'k-1', until: NOW + 1000 });
    expect(mayChange(waiting)).toBe(false);
    expect(advance(waiting, { type: 'change' })).toBe(waiting);
  });

  it('waits longer each time without an answer, half a minute at most', () => {
    let attempt = after(...sent);
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      attempt = advance(attempt, failed(offline()));
      if (attempt.step === 'waiting') waits.push((attempt.until - NOW) / 1000);
      attempt = advance(attempt, { type: 'again' });
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('goes back to the review with the same key when the sign-in has ended', () => {
    expect(after(...sent, failed(problem(401, 'unauthenticated')))).toEqual({ step: 'review', choice, key: 'k-1' });
  });

  it('ends when the performance has begun, and takes any other refusal as one', () => {
    expect(after(...sent, failed(problem(409, 'performance-over')))).toEqual({ step: 'over' });
    expect(after(...sent, failed(problem(422, 'idempotency-key-reused')))).toMatchObject({
      step: 'choose',
      refusal: { kind: 'other' },
    });
  });
});

describe('a choice of seats', () => {
  const grade = (name: string, price: number, free: number) => ({ id: name, name, price, capacity: 100, free });
  const performance = {
    id: 'p',
    startsAt: '2099-05-01T10:30:00.000Z',
    venue: 'Hall',
    maxPerCustomer: 4,
    grades: [grade('VIP', 150_000, 2), grade('R', 100_000, 50), grade('S', 50_000, 0)],
  };

  it('is counted, priced and put in the order of the grades', () => {
    expect(seatsIn(choice)).toBe(3);
    expect(priceOf({ R: 1, VIP: 2 }, performance.grades)).toBe(400_000);
    expect(linesOf({ R: 1, VIP: 2 }, performance.grades)).toEqual([
      { grade: 'VIP', seats: 2 },
      { grade: 'R', seats: 1 },
    ]);
    expect(withSeats(choice, 'R', 0)).toEqual({ VIP: 2 });
  });

  it.each([
    [{}, { kind: 'nothing' }],
    [{ VIP: 2 }, null],
    [{ VIP: 3 }, { kind: 'fewer-free', grade: 'VIP', free: 2 }],
    [{ S: 1 }, { kind: 'gone', grade: 'S' }],
    [{ VIP: 2, R: 2 }, null],
    [
      { VIP: 2, R: 3 },
      { kind: 'too-many', most: 4 },
    ],
  ])('%j meets the objection %j', (chosen, objection) => {
    expect(objectionTo(chosen, performance)).toEqual(objection);
  });
});
