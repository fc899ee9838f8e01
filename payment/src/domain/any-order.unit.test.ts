import fc from 'fast-check';
import { minute, policy, reservationEvent } from '../../test/given';
import { asksProvider, nextStep, type ProviderStep } from './next-step';
import type { Attempt, LedgerEntry, Moment, Payment } from './payment';
import { hurried } from './schedule';
import { settle, settleLocal, type Answer, type ChargeOutcome, type RefundOutcome, type Settled } from './settle';
import { wantedAfter, type ReservationEvent } from './wanted';

// Events come twice and in any order, answers come late or never, workers lose their leases and send what another has sent
// already. Whatever happens, nobody is charged twice, and what is not wanted is given back.

/** Chance that can be had again, and made simpler: the numbers in turn. */
function inTurn(numbers: number[]): () => number {
  let turn = 0;
  return () => numbers[turn++ % numbers.length]!;
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
  private inFlight: { lease: number; step: ProviderStep; dueSince: Date }[] = [];

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
    if (step.do === 'charge' && !this.attempts.includes(step.attempt)) this.assertInTime(payment);
    this.saveAttempt(step.attempt);
    this.inFlight.push({ lease: ++this.lease, step, dueSince: payment.nextAttemptAt });
  }

  /** The provider hears one of the calls that are under way; its answer may be lost, and a call may stay under way. */
  answer(lost: 'no' | 'before' | 'after', again: boolean, which = this.chance()): void {
    const index = Math.floor(which * this.inFlight.length);
    const call = this.inFlight[index];
    if (!call || !this.payment) return;
    if (!again) this.inFlight.splice(index, 1);
    const real = lost === 'before' ? undefined : this.provider.effect(call.step);
    const outcome = real === undefined || lost === 'after' ? { is: 'unknown' as const, reason: 'no answer' } : real;
    if (call.lease !== this.lease || again) return;
    const about = call.step.do === 'refund' ? 'refund' : 'charge';
    const given = { about, step: call.step, outcome } as Answer;
    const settled = settle(this.payment, this.attempts, given, this.moment(), policy);
    const meanwhile = this.payment.nextAttemptAt === call.dueSince ? null : this.payment.nextAttemptAt;
    this.save({ ...settled, payment: hurried(settled.payment, meanwhile) });
  }

  /** A webhook, about whatever. */
  hint(): void {
    const { payment, attempts } = this;
    if (!payment || live(attempts).length === 0) return;
    this.payment = { ...payment, nextAttemptAt: minute(this.minutes), parkedUntil: null };
  }

  private assertInTime({ deadline, createdAt }: Payment): void {
    const cutoff = Math.min(policy.cutoffMs, (deadline.getTime() - createdAt.getTime()) / 4);
    if (minute(this.minutes).getTime() >= deadline.getTime() - cutoff) throw new Error('began in the last minute');
  }

  private save({ payment, attempt, ledger, events }: Settled): void {
    this.payment = payment;
    if (attempt) this.saveAttempt(attempt);
    this.ledger.push(...ledger);
    this.events.push(...events.map(({ type }) => type));
    this.assertSaid(payment);
  }

  /** What the customer was told last is what is. */
  private assertSaid({ status, ended }: Payment): void {
    const said = SAYS[this.events.at(-1) ?? ''] ?? 'requested';
    const triesAgain = status === 'requested' && said === 'declined';
    if (status !== said && !triesAgain && !ended) throw new Error(`is ${status}, and ${said} was said`);
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

const SAYS: Record<string, Payment['status']> = {
  PaymentActionRequired: 'action_required',
  PaymentDeferred: 'deferred',
  PaymentDeclined: 'declined',
  PaymentApproved: 'approved',
  PaymentCancelled: 'cancelled',
};
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

const turn = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hear' as const), which: fc.nat(3) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), leaseIsOver: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      lost: fc.constantFrom('no' as const, 'before' as const, 'after' as const),
      again: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decide on the page' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('send a webhook' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('provider' as const), available: fc.boolean() }) },
  // Of long silence too: past the deadline, and past a day.
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(0.01, 0.2, 1, 13, 600) }),
  },
);
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

function play(turns: Turn[], end: 'ReservationCancelled' | 'ReservationExpired' | null, chances: number[]): World {
  const chance = inTurn(chances);
  const world = new World(new Provider(chance), chance);
  const story: ReservationEvent[] = [
    reservationEvent('SeatsReserved', 1),
    reservationEvent('PaymentRequested', 2, { at: 2 }),
    reservationEvent('PaymentRequested', 3, { at: 4 }),
    ...(end ? [reservationEvent(end, 4, { at: 6 })] : []),
  ];
  const take = (what: Turn): void => {
    switch (what.do) {
      case 'hear':
        return world.hear(story[what.which % story.length]!);
      case 'claim':
        return world.claim(what.leaseIsOver);
      case 'answer':
        return world.answer(what.lost, what.again);
      case 'decide on the page':
        return world.provider.decideOnPage();
      case 'send a webhook':
        return world.hint();
      case 'provider':
        return void (world.providerAvailable = what.available);
      case 'wait':
        world.minutes += what.minutes;
    }
  };
  for (const what of turns) {
    take(what);
    assertNothingTwice(world);
  }

  // Everything that was to come has come, everything works again, and the customer has left the page.
  for (const event of story) world.hear(event);
  world.providerAvailable = true;
  for (let round = 0; round < 60; round++) {
    // As reservation does, which knows the deadline too.
    if (world.payment && !world.payment.ended && world.payment.status !== 'approved' && isOver(world)) {
      world.hear(reservationEvent('ReservationExpired', 5, { at: world.minutes }));
    }
    world.provider.decideOnPage();
    world.claim(true);
    world.answer('no', false, 0.999);
    world.minutes += 0.2;
    assertNothingTwice(world);
  }
  return world;
}

const isOver = ({ payment, minutes }: World) => payment!.deadline.getTime() + 30_000 < minute(minutes).getTime();

type Story = [turns: Turn[], end: 'ReservationCancelled' | 'ReservationExpired' | null, chances: number[]];

const CHARGED: Turn[] = [
  { do: 'hear', which: 0 },
  { do: 'claim', leaseIsOver: false },
  { do: 'answer', lost: 'no', again: false },
];
/** One for each kind of end, so that none is left to chance: the provider approves whatever it is asked (0), or declines it (0.5). */
const OF_EACH_KIND: Story[] = [
  [[], null, [0]],
  [[], null, [0.5]],
  [[], 'ReservationCancelled', [0]],
  [CHARGED, 'ReservationCancelled', [0]],
];

it('whatever the order of events, answers, webhooks and silence', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(turn, { maxLength: 80 }),
      fc.constantFrom('ReservationCancelled' as const, 'ReservationExpired' as const, null),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 1, maxLength: 40 }),
      (turns, end, chances) => {
        const world = play(turns, end, chances);
        expectAllSettled(world);
        ends.add(`${world.payment?.status}, ${amounts(world, 'captured').length} captured`);
      },
    ),
    { numRuns: 1_000, examples: OF_EACH_KIND },
  );
  // And the stories reach every kind of end.
  expect(ends).toEqual(
    new Set(['approved, 1 captured', 'cancelled, 0 captured', 'cancelled, 1 captured', 'declined, 0 captured']),
  );
});
