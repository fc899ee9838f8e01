import { momentAt, timeAt } from './venue-time';

const SEOUL = 'Asia/Seoul';
const NEW_YORK = 'America/New_York';

test('an evening at the venue is sent in UTC, and comes back as it was', () => {
  expect(momentAt('2027-05-01T19:30', SEOUL)).toEqual({ moment: '2027-05-01T10:30:00.000Z' });
  expect(timeAt('2027-05-01T10:30:00.000Z', SEOUL)).toBe('2027-05-01T19:30');
});

test('after midnight at the venue it is the day before in UTC', () => {
  expect(momentAt('2027-01-01T00:30', SEOUL)).toEqual({ moment: '2026-12-31T15:30:00.000Z' });
  expect(timeAt('2026-12-31T15:30:00.000Z', SEOUL)).toBe('2027-01-01T00:30');
});

test('what is not written to its end is no time yet', () => {
  for (const written of ['', '2027-05-01', '2027-05-01T', 'tomorrow', '2027-5-1T9:00']) {
    expect(momentAt(written, SEOUL)).toEqual({ fault: 'incomplete' });
  }
});

test('a day or hour that does not exist is refused', () => {
  for (const written of ['2027-02-29T19:30', '2027-13-01T19:30', '2027-04-31T19:30', '2027-05-01T24:30']) {
    expect(momentAt(written, SEOUL)).toEqual({ fault: 'no-such-time' });
  }
});

test('a time that the clocks leave out is refused, and of one that comes twice the first counts', () => {
  expect(momentAt('2027-03-14T02:30', NEW_YORK)).toEqual({ fault: 'no-such-time' });
  expect(momentAt('2027-03-14T03:30', NEW_YORK)).toEqual({ moment: '2027-03-14T07:30:00.000Z' });
  expect(momentAt('2027-11-07T01:30', NEW_YORK)).toEqual({ moment: '2027-11-07T05:30:00.000Z' });
});
