import { contactReader, eventReader } from '@outerpark/chassis/messaging/reading';
import { interests, services } from './consumers';

const nothing = () => Promise.resolve();

test('a reader is asked for what it reads, on the topic that it reads', () => {
  const readers = {
    'reservation.events': eventReader({ SeatsReserved: nothing, PaymentApproved: nothing }),
    'customer.contacts': contactReader(nothing),
  };
  expect(interests('somebody', readers)).toEqual([
    { consumer: 'somebody', topic: 'reservation.events', type: 'SeatsReserved' },
    { consumer: 'somebody', topic: 'customer.contacts', type: 'CustomerContact' },
  ]);
});

test.each([
  ['musical', ['ReservationAbandoned', 'ReservationCancelled', 'ReservationConfirmed', 'ReservationExpired']],
  ['reservation', ['PaymentApproved', 'PaymentCancelled', 'PaymentDeferred', 'SeatsReleased']],
  [
    'payment',
    ['PaymentRequested', 'ReservationAbandoned', 'ReservationCancelled', 'ReservationExpired', 'SeatsReserved'],
  ],
])('%s cares for what docs/events.md says', (service, types) => {
  expect(
    interests(service, services[service]!)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(types);
});
