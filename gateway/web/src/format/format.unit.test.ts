import { bestLanguage } from '../i18n/language';
import { countdown, secondsLeft } from './countdown';
import { won } from './money';
import { aheadOf } from './present';
import { clock, day, dayAndClock, days } from './time';

describe('amounts', () => {
  it('are written as readers of the language write won', () => {
    expect(won(150_000, 'en')).toBe('₩150,000');
    expect(won(150_000, 'ko')).toBe('150,000원');
    expect(won(0, 'en')).toBe('₩0');
  });
});

describe('moments', () => {
  it('are those of the venue, wherever the reader is', () => {
    // 15:30 UTC is half past midnight of the next day in Seoul.
    expect(day('2099-05-01T15:30:00.000Z', 'en')).toBe('Sat, May 2, 2099');
    expect(clock('2099-05-01T10:30:00.000Z', 'en')).toMatch(/^7:30\sPM$/);
    expect(dayAndClock('2099-05-01T10:30:00.000Z', 'ko')).toContain('7:30');
  });
});

describe('several days', () => {
  it('are written once where they are alike', () => {
    const [first, last] = ['2099-05-01T10:30:00.000Z', '2099-05-03T10:30:00.000Z'];
    expect(days(first, last, 'en')).toMatch(/^May 1\s–\s3, 2099$/);
    expect(days(first, first, 'en')).toBe('May 1, 2099');
  });
});

describe('a countdown', () => {
  it.each([
    [0, '0:00'],
    [9, '0:09'],
    [90, '1:30'],
    [3725, '1:02:05'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(countdown(seconds)).toBe(text);
  });

  it('rounds up, so that zero means over, and never goes below', () => {
    expect(secondsLeft(10_001, 10_000)).toBe(1);
    expect(secondsLeft(10_000, 10_000)).toBe(0);
    expect(secondsLeft(9_000, 10_000)).toBe(0);
  });
});

describe("a device's clock", () => {
  const now = Date.parse('2026-11-25T03:00:00.000Z');
  it.each([
    ['Wed, 25 Nov 2026 03:00:02 GMT', 0],
    ['Wed, 25 Nov 2026 03:05:00 GMT', 300_000],
    ['Wed, 25 Nov 2026 02:59:00 GMT', -60_000],
    ['soon', 0],
    [null, 0],
  ])('is put right by the date %p', (date, ahead) => {
    expect(aheadOf(date, now)).toBe(ahead);
  });
});

describe('the language', () => {
  it.each([
    [['ko-KR', 'en'], 'ko'],
    [['de', 'KO'], 'ko'],
    [['de-DE', 'fr'], 'en'],
    [['kok', 'en-GB'], 'en'],
    [[], 'en'],
  ])('of %p is %s', (wanted, language) => {
    expect(bestLanguage(wanted)).toBe(language);
  });
});
