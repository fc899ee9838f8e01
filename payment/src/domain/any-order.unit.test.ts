import { minute, policy, reservationEvent } from '../../test/given';
import { asksProvider, nextStep, type ProviderStep } from './next-step';
import type { Attempt, LedgerEntry, Moment, Payment } from './payment';
import { settle, settleLocal, type Answer, type ChargeOutcome, type RefundOutcome, type Settled } from './settle';
import { wantedAfter, type ReservationEvent } from './wanted';

// Events come twice and in any order, answers come late or never, workers lose their leases and send what another has sent
// already. Whatever happens, nobody is charged twice, and what is not wanted is given back.

/** Chance that can be had again: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type ChargeState = 'approved' | 'declined' | 'requires_action' | 'cancelled';

/** A provider that keeps to its keys. */
class Provider {
  readonly charges = new Map<string, ChargeState>();
  readonly refunds = new Map<string, number>();

  constructor(private readonly chance: () => number) {}

  effect(step: ProviderStep): ChargeOutcome | RefundOutcome {
    const { id, amount } = step.attempt;
    switch (step.do) {
      case 'charge':
        if (!this.charges.has(id)) this.charges.set(id, this.pick(['approved', 'declined', 'requires_action']));
        return this.told(id);
      case 'find':
        return this.told(id);
      case 'cancel':
        if (this.charges.get(id) !== 'approved') this.charges.set(id, 'cancelled');
        return this.told(id);
      case 'refund':
        this.refunds.set(id, amount);
        return { is: 'refunded' };
    }
  }

  /** The customer decides on the page. */
  decideOnPage(): void {
    for (const [id, state] of this.charges) {
      if (state === 'requires_action') this.charges.set(id, this.pick(['approved', 'declined', 'cancelled']));
    }
  }

  private told(id: string): ChargeOutcome {
    const state = this.charges.get(id);
    if (state === undefined) return { is: 'unknown', reason: 'not found' };
    if (state === 'declined') return { is: state, reason: 'No money' };
    return state === 'requires_action' ? { is: state, url: 'https://pay.example/1' } : { is: state };
  }

  private readonly pick = <T>(from: T[]): T => from[Math.floor(this.chance() * from.length)]!;
}

/** One payment with its attempts, ledger and workers, as the database would hold them. */
class World {
  payment: Payment | undefined;
  attempts: Attempt[] = [];
  ledger: LedgerEntry[] = [];
  events: string[] = [];
  minutes = 0;
  providerAvailable = true;
  private ids = 0;
  private lease = 0;
  private inFlight: { lease: number; step: ProviderStep }[] = [];

  constructor(
    readonly provider: Provider,
    private readonly chance: () => number,
  ) {}

  hear(event: ReservationEvent): void {
    this.payment = wantedAfter(this.payment, event, minute(this.minutes));
  }

  /** `leaseIsOver`: another worker may still be at it. */
  claim(leaseIsOver: boolean): void {
    const { payment } = this;
    if (!payment?.nextAttemptAt || payment.nextAttemptAt > minute(this.minutes)) return;
    if (this.inFlight.some(({ lease }) => lease === this.lease) && !leaseIsOver) return;
    const at = this.moment();
    const step = nextStep(payment, this.attempts, at, policy);
    if (!asksProvider(step)) return this.save(settleLocal(payment, this.attempts, step, at, policy));
    this.saveAttempt(step.attempt);
    this.inFlight.push({ lease: ++this.lease, step });
  }

  /** The provider hears one of the calls that are under way; its answer may be lost, and a call may stay under way. */
  answer(lost: 'no' | 'before' | 'after', again: boolean): void {
    const index = Math.floor(this.chance() * this.inFlight.length);
    const call = this.inFlight[index];
    if (!call || !this.payment) return;
    if (!again) this.inFlight.splice(index, 1);
    const real = lost === 'before' ? undefined : this.provider.effect(call.step);
    const outcome = real === undefined || lost === 'after' ? { is: 'unknown' as const, reason: 'no answer' } : real;
    if (call.lease !== this.lease || again) return;
    const about = call.step.do === 'refund' ? 'refund' : 'charge';
    this.save(
      settle(this.payment, this.attempts, { about, step: call.step, outcome } as Answer, this.moment(), policy),
    );
  }

  private save({ payment, attempt, ledger, events }: Settled): void {
    this.payment = payment;
    if (attempt) this.saveAttempt(attempt);
    this.ledger.push(...ledger);
    this.events.push(...events.map(({ type }) => type));
  }

  private saveAttempt(attempt: Attempt): void {
    this.attempts = [...this.attempts.filter(({ id }) => id !== attempt.id), attempt];
  }

  private moment(): Moment {
    return {
      now: minute(this.minutes),
      newId: `attempt-${++this.ids}`,
      chance: this.chance(),
      providerAvailable: this.providerAvailable,
      expectedAt: null,
    };
  }
}

const live = (attempts: Attempt[]) =>
  attempts.filter(({ kind, state }) => kind === 'charge' && ['open', 'action_required'].includes(state));
const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
const amounts = ({ ledger }: World, kind: LedgerEntry['kind']) =>
  ledger.filter((entry) => entry.kind === kind).map(({ amount }) => amount);

/** Checked after every turn, so without jest's slow expectations. */
function assertNothingTwice(world: World): void {
  const { provider, attempts } = world;
  const counts = {
    approvedByProvider: [...provider.charges.values()].filter((state) => state === 'approved').length,
    refundedByProvider: provider.refunds.size,
    liveCharges: live(attempts).length,
    captured: amounts(world, 'captured').length,
    refunded: amounts(world, 'refunded').length,
  };
  if (Object.values(counts).some((count) => count > 1)) throw new Error(`twice: ${JSON.stringify(counts)}`);
  if (counts.refunded > counts.captured) throw new Error('refunded, but not captured');
}

function expectAllSettled(world: World): void {
  const { payment, provider, events } = world;
  const captured = sum(amounts(world, 'captured'));
  const left = captured - sum(amounts(world, 'refunded'));
  const atProvider = [...provider.charges.values()].includes('approved') ? 30_000 : 0;
  expect(left).toBe(atProvider - sum([...provider.refunds.values()]));
  expect(payment?.nextAttemptAt).toBeNull();
  expect(live(world.attempts)).toEqual([]);
  if (payment?.ended) {
    expect(left).toBe(0);
    expect(payment.status).toBe('cancelled');
    expect(events.filter((type) => type === 'PaymentCancelled')).toHaveLength(1);
    expect(events.at(-1)).toBe('PaymentCancelled');
  } else {
    expect(left).toBe(payment?.status === 'approved' ? 30_000 : 0);
    expect(events).not.toContain('PaymentCancelled');
  }
  expect(events.filter((type) => type === 'PaymentApproved').length).toBeLessThanOrEqual(1);
}

function playAtRandom(seed: number): World {
  const chance = seeded(seed);
  const world = new World(new Provider(chance), chance);
  const ends = chance() < 0.6;
  const story: ReservationEvent[] = [
    reservationEvent('SeatsReserved', 1),
    reservationEvent('PaymentRequested', 2, { at: 2 }),
    reservationEvent('PaymentRequested', 3, { at: 4 }),
    ...(ends ? [reservationEvent(chance() < 0.5 ? 'ReservationCancelled' : 'ReservationExpired', 4, { at: 6 })] : []),
  ];
  const upToNow = () => story[Math.floor(chance() * story.length)]!;

  for (let turn = 0; turn < 60; turn++) {
    const what = chance();
    if (what < 0.2) world.hear(upToNow());
    else if (what < 0.5) world.claim(chance() < 0.2);
    else if (what < 0.8) world.answer(chance() < 0.6 ? 'no' : chance() < 0.5 ? 'before' : 'after', chance() < 0.2);
    else if (what < 0.85) world.provider.decideOnPage();
    else if (what < 0.9) world.providerAvailable = chance() < 0.7;
    else world.minutes += chance() * 2;
    assertNothingTwice(world);
  }

  // Everything that was to come has come, everything works again, and the customer has left the page.
  for (const event of story) world.hear(event);
  world.providerAvailable = true;
  for (let turn = 0; turn < 40; turn++) {
    world.provider.decideOnPage();
    world.claim(true);
    world.answer('no', false);
    world.minutes += 0.2;
    assertNothingTwice(world);
  }
  return world;
}

const SEEDS = Array.from({ length: 500 }, (_, seed) => seed);

it('whatever the order of events and answers', () => {
  const worlds = SEEDS.map((seed) => {
    try {
      const world = playAtRandom(seed);
      expectAllSettled(world);
      return world;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  });
  // And the stories reach every kind of end.
  const ends = worlds.map((world) => `${world.payment?.status}, ${amounts(world, 'captured').length} captured`);
  expect(new Set(ends)).toEqual(
    new Set(['approved, 1 captured', 'cancelled, 0 captured', 'cancelled, 1 captured', 'declined, 0 captured']),
  );
});
