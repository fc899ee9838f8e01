import { chargeWith, minute, moment, paymentWith, policy, refundWith } from '../../test/given';
import { nextStep, type Step } from './next-step';
import type { Attempt, Moment, Payment } from './payment';

interface Case {
  given: Partial<Payment>;
  attempts?: Attempt[];
  at: Moment;
  then: Partial<Step> & { do: Step['do'] };
}

const first = moment(0);
const noProvider = { providerAvailable: false };
const [open, onPage, declined, cancelled, captured] = [
  chargeWith('open'),
  chargeWith('action_required'),
  chargeWith('declined'),
  chargeWith('cancelled'),
  chargeWith('captured'),
];
const [refunding, refunded] = [refundWith('open'), refundWith('refunded')];

const holds = (cases: Record<string, Case>) =>
  it.each(Object.entries(cases))('%s', (_, { given, attempts = [], at, then }) => {
    expect(nextStep(paymentWith(given), attempts, at, policy)).toMatchObject(then);
  });

describe('while the price is wanted', () => {
  holds({
    'a new attempt is charged': {
      given: {},
      at: first,
      then: {
        do: 'charge',
        attempt: expect.objectContaining({ id: first.newId, amount: 30_000, state: 'open' }) as Attempt,
      },
    },
    'an attempt without an answer is sent again': {
      given: {},
      attempts: [open],
      at: moment(1),
      then: { do: 'charge', attempt: open },
    },
    'an attempt on the page is asked for': {
      given: { status: 'action_required' },
      attempts: [onPage],
      at: moment(1),
      then: { do: 'find', attempt: onPage },
    },
    'an attempt without an answer is only asked for in the last minute': {
      given: { startsAt: minute(15) },
      attempts: [open],
      at: moment(14),
      then: { do: 'find', attempt: open },
    },
    'after a decline it is the customer’s turn': {
      given: { status: 'declined' },
      attempts: [declined],
      at: moment(1),
      then: { do: 'nothing' },
    },
    'after a cancellation by the provider it is the customer’s turn': {
      given: { status: 'declined' },
      attempts: [cancelled],
      at: moment(1),
      then: { do: 'nothing' },
    },
    'a wanted second try is a new attempt': {
      given: { triesWanted: 2 },
      attempts: [declined],
      at: first,
      then: { do: 'charge', attempt: expect.objectContaining({ id: first.newId }) as Attempt },
    },
    'a window shorter than the cutoff leaves three quarters of it to start': {
      given: { deadline: minute(0.5), startsAt: minute(0.5) },
      at: moment(0.3),
      then: { do: 'charge' },
    },
    'and nothing starts in its last quarter': {
      given: { deadline: minute(0.5), startsAt: minute(0.5) },
      at: moment(0.4),
      then: { do: 'nothing' },
    },
    'a paid one is left alone': {
      given: { status: 'approved' },
      attempts: [captured],
      at: moment(99),
      then: { do: 'nothing' },
    },
    'one that costs nothing is approved without the provider': {
      given: { price: 0 },
      at: moment(99, noProvider),
      then: { do: 'approve_free' },
    },
  });
});

describe('deferral', () => {
  holds({
    'when the provider cannot be asked': {
      given: {},
      at: moment(2, noProvider),
      then: { do: 'defer', until: minute(17) },
    },
    'while the customer is on the page and the provider cannot be asked': {
      given: { status: 'action_required' },
      attempts: [onPage],
      at: moment(2, noProvider),
      then: { do: 'defer', until: minute(17) },
    },
    'not after two unknown answers': {
      given: { failures: 2 },
      attempts: [open],
      at: moment(2),
      then: { do: 'charge' },
    },
    'after three unknown answers': {
      given: { failures: 3 },
      attempts: [open],
      at: moment(2),
      then: { do: 'defer', until: minute(17) },
    },
    'when the reservation came late': { given: {}, at: moment(14), then: { do: 'defer', until: minute(29) } },
    'when the reservation came after its deadline': {
      given: {},
      at: moment(60),
      then: { do: 'defer', until: minute(75) },
    },
    'not when the customer asked in the last minute': {
      given: { triesWanted: 2, askedAt: minute(14.5) },
      attempts: [declined],
      at: moment(14.5),
      then: { do: 'nothing' },
    },
    'never beyond the performance': {
      given: { startsAt: minute(20) },
      at: moment(14, noProvider),
      then: { do: 'defer', until: minute(20) },
    },
    'never beyond a day': {
      given: { deadline: minute(1435), askedAt: minute(1430) },
      at: moment(1431, noProvider),
      then: { do: 'defer', until: minute(1440) },
    },
    'never to an earlier deadline': {
      given: { deadline: minute(60) },
      at: moment(2, noProvider),
      then: { do: 'defer', until: minute(60) },
    },
    'not when that leaves no time: the reservation will expire': {
      given: { startsAt: minute(15) },
      at: moment(14.5, noProvider),
      then: { do: 'nothing' },
    },
    'not when that leaves no time, though an answer is still missing': {
      given: { startsAt: minute(15) },
      attempts: [open],
      at: moment(14.5, noProvider),
      then: { do: 'await_provider' },
    },
  });
});

describe('once deferred', () => {
  const deferred: Partial<Payment> = { status: 'deferred', deferredSince: minute(0), deadline: minute(15) };
  holds({
    'it waits for the provider, until it must be extended': {
      given: deferred,
      at: moment(9, noProvider),
      then: { do: 'await_provider', until: minute(10) },
    },
    'it is extended in the last third of its time': {
      given: deferred,
      attempts: [open],
      at: moment(10, noProvider),
      then: { do: 'defer', until: minute(25) },
    },
    'it is extended before it is taken up again': {
      given: deferred,
      attempts: [open],
      at: moment(14.5),
      then: { do: 'defer', until: minute(29.5) },
    },
    'it is not extended beyond the caps': {
      given: { ...deferred, startsAt: minute(15) },
      at: moment(12, noProvider),
      then: { do: 'await_provider', until: minute(13) },
    },
    'it is taken up when the provider can be asked again': {
      given: deferred,
      at: moment(5),
      then: { do: 'charge', attempt: expect.objectContaining({ state: 'open' }) as Attempt },
    },
    'an open attempt is taken up under its key': {
      given: { ...deferred, failures: 7 },
      attempts: [open],
      at: moment(5),
      then: { do: 'charge', attempt: open },
    },
  });
});

describe.each(['cancelled', 'expired'] as const)('when the reservation was %s', (ended) => {
  holds({
    'and nothing was tried, that is said': {
      given: { ended },
      at: moment(1, noProvider),
      then: { do: 'announce_cancelled', refunded: 0, after: ended },
    },
    'and all tries were declined, that is said': {
      given: { ended, status: 'declined' },
      attempts: [declined, cancelled],
      at: moment(1),
      then: { do: 'announce_cancelled', refunded: 0 },
    },
    'an open attempt is cancelled': {
      given: { ended },
      attempts: [open],
      at: moment(1),
      then: { do: 'cancel', attempt: open },
    },
    'an attempt on the page is cancelled': {
      given: { ended, status: 'action_required' },
      attempts: [declined, onPage],
      at: moment(99),
      then: { do: 'cancel', attempt: onPage },
    },
    'what was captured is refunded': {
      given: { ended, status: 'approved' },
      attempts: [captured],
      at: first,
      then: {
        do: 'refund',
        charge: captured,
        attempt: expect.objectContaining({ id: first.newId, amount: 30_000 }) as Attempt,
      },
    },
    'a refund without an answer is sent again': {
      given: { ended, status: 'approved', failures: 50 },
      attempts: [captured, refunding],
      at: moment(5000),
      then: { do: 'refund', charge: captured, attempt: refunding },
    },
    'a refund waits for the provider': {
      given: { ended, status: 'approved' },
      attempts: [captured, refunding],
      at: moment(1, noProvider),
      then: { do: 'await_provider' },
    },
    'what was refunded is said': {
      given: { ended, status: 'approved' },
      attempts: [captured, refunded],
      at: moment(1, noProvider),
      then: { do: 'announce_cancelled', refunded: 30_000, after: ended },
    },
    'nothing is left to do once it was said': {
      given: { ended, status: 'cancelled' },
      at: moment(1),
      then: { do: 'nothing' },
    },
  });
});
