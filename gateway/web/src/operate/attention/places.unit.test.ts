import { placeOf } from './places';

const RESERVATION = '5a3cf1de-1c0a-4f55-9d62-8f1b2e7c4d41';
const item = (kind: string, subject: string, what = '') => ({ kind, subject, what });

test('what is about a reservation leads to its story', () => {
  expect(placeOf(item('saga', RESERVATION))).toEqual({ to: `/operate/story?id=${RESERVATION}`, text: 'story' });
});

test('a notice leads to the story of the reservation that it names', () => {
  const what = `The notice "confirmed" of reservation ${RESERVATION} was given up.`;
  expect(placeOf(item('failed-notice', 'c4e1b6a0-5f3d-4b8e-8a70-1e9d3c2b5f51', what))?.to).toBe(
    `/operate/story?id=${RESERVATION}`,
  );
  expect(placeOf(item('notice', 'n', 'It names none.'))).toBeUndefined();
});

test('dead letters have a page of their own, with their actions', () => {
  expect(placeOf(item('dead-letter', 'abc'))).toMatchObject({ to: '/operate/dead-letters', instead: true });
  expect(placeOf(item('consumer', 'payment.events'))?.to).toBe('/operate');
});
