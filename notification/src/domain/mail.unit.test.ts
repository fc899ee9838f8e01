import { noticeKind } from '@outerpark/contracts/notification-events';
import { writeMail, type Booking } from './mail';

const booking: Booking = {
  musical: '빨래',
  startsAt: new Date('2026-02-14T10:30:00.000Z'),
  venue: 'Hall 1',
  lines: [
    { gradeId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a01', grade: 'R', seats: 2, price: 150_000 },
    { gradeId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a02', grade: 'S', seats: 1, price: 90_000 },
  ],
  price: 390_000,
  paymentDeadline: new Date('2026-01-10T10:15:00.000Z'),
};
const ko = { name: '앨리스', locale: 'ko' } as const;
const en = { name: 'Alice', locale: 'en' } as const;

test('a mail says in English what was reserved, with amounts in won and times as in Seoul', () => {
  const { subject, text } = writeMail('confirmed', {}, booking, en);
  expect(subject).toBe('[OuterPark] Your reservation is confirmed: 빨래');
  expect(text).toBe(`Dear Alice,

Your payment has arrived and your reservation is confirmed.

Musical: 빨래
When: Saturday, February 14, 2026 19:30 (KST)
Where: Hall 1
Seats: R 2 seats, S 1 seat
Price: ₩390,000

Thank you. OuterPark
`);
});

test('and in Korean', () => {
  const { subject, text, html } = writeMail('confirmed', {}, booking, ko);
  expect(subject).toBe('[OuterPark] 예매가 확정되었습니다: 빨래');
  expect(text).toContain('앨리스 님');
  expect(text).toContain('일시: 2026년 2월 14일 토요일 19:30 (KST)');
  expect(text).toContain('좌석: R 2석, S 1석');
  expect(text).toContain('금액: ₩390,000');
  expect(html).toContain('<html lang="ko">');
});

test.each([
  ['deferred', {}, ['Pay until: Saturday, January 10, 2026 19:15 (KST)']],
  ['declined', { reason: 'insufficient funds' }, ['Reason: insufficient funds', 'Pay until: ']],
  ['action_required', { url: 'https://pay.example/1' }, ['Payment page: https://pay.example/1', 'Pay until: ']],
  ['refunded', { refunded: 390_000 }, ['Refunded: ₩390,000']],
  ['cancelled', {}, ['Nothing was charged']],
  ['expired', {}, ['was not paid by the deadline']],
] as const)('a mail of the kind %s says what belongs to it', (kind, detail, expected) => {
  const { text } = writeMail(kind, detail, booking, en);
  for (const part of expected) expect(text).toContain(part);
});

test.each(noticeKind.options)('a mail of the kind %s runs nothing that somebody has put into a name', (kind) => {
  const evil = '<script>alert("&")</script>\r\nBcc: eve@example.com';
  const detail = { reason: evil, url: 'javascript:alert(1)', refunded: 1 };
  const { subject, html } = writeMail(kind, detail, { ...booking, musical: evil, venue: evil }, { ...en, name: evil });
  expect(html).not.toMatch(/<script|href="javascript/);
  expect(html).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)');
  expect(subject).not.toMatch(/[\r\n]/);
});

test('the way to the payment page is a link', () => {
  const { html } = writeMail('action_required', { url: 'https://pay.example/1?a=1&b="2"' }, booking, en);
  expect(html).toContain('<a href="https://pay.example/1?a=1&amp;b=&quot;2&quot;">');
});

test('somebody without a name is greeted too', () => {
  expect(writeMail('confirmed', {}, booking, { locale: 'en' }).text).toMatch(/^Hello,/);
  expect(writeMail('confirmed', {}, booking, { locale: 'ko' }).text).toMatch(/^안녕하세요/);
});
