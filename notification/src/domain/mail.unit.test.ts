import { noticeKind, type NoticeKind } from '@outerpark/contracts/notification-events';
import { writeMail } from './mail';
import { composeMessage, type Booking } from './message';
import type { NoticeDetail } from './notices';

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
const PUBLIC_URL = 'https://tickets.example';

const mailOf = (
  kind: NoticeKind,
  detail: NoticeDetail = {},
  to: { name?: string; locale: 'ko' | 'en' } = en,
  about = booking,
) => writeMail(composeMessage(kind, detail, about, to, PUBLIC_URL));

/** What a reader sees of HTML: its texts, in order. */
const readable = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>|<!--.*?-->/gs, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

test('a mail says in English what was reserved, with amounts in won and times as in Seoul', () => {
  const { subject, text } = mailOf('confirmed');
  expect(subject).toBe('[OuterPark] Your reservation is confirmed: 빨래');
  expect(text).toBe(`Dear Alice,

Your payment has arrived and your reservation is confirmed.

Musical: 빨래
When: Saturday, February 14, 2026 19:30 (KST)
Where: Hall 1
Seats: R 2 seats, S 1 seat
Price: ₩390,000

You find your reservation on My page, where you can cancel it until the performance begins.

My page: https://tickets.example/mypage

Thank you. OuterPark

-- 
You get this message because of a reservation at OuterPark. On My page you choose how and in which language we tell you.
`);
});

test('and in Korean', () => {
  const { subject, text, html } = mailOf('confirmed', {}, ko);
  expect(subject).toBe('[OuterPark] 예매가 확정되었습니다: 빨래');
  expect(text).toContain('앨리스 님');
  expect(text).toContain('일시: 2026년 2월 14일 토요일 19:30 (KST)');
  expect(text).toContain('좌석: R 2석, S 1석');
  expect(text).toContain('금액: 390,000원');
  expect(html).toContain('<html lang="ko">');
});

test.each([
  ['deferred', {}, ['Pay until: Saturday, January 10, 2026 19:15 (KST)']],
  ['declined', { reason: 'insufficient funds' }, ['Reason: insufficient funds', 'on My page by Saturday, January 10']],
  ['action_required', { url: 'https://pay.example/1' }, ['Payment page: https://pay.example/1', 'pay on the payment']],
  ['refunded', { refunded: 390_000 }, ['Refunded: ₩390,000']],
  ['cancelled', {}, ['Nothing was charged']],
  ['expired', {}, ['was not paid by the deadline']],
] as const)('a mail of the kind %s says what belongs to it', (kind, detail, expected) => {
  const { text } = mailOf(kind, detail);
  for (const part of expected) expect(text).toContain(part);
});

describe.each(['ko', 'en'] as const)('in the language "%s"', (locale) => {
  test.each(noticeKind.options)('a mail of the kind %s says in HTML what it says in plain text', (kind) => {
    const detail = { reason: '"no" & <no>', url: 'https://pay.example/1', refunded: 390_000 };
    const message = composeMessage(kind, detail, booking, { name: 'Ally', locale }, PUBLIC_URL);
    const { text, html } = writeMail(message);
    const seen = readable(html);
    const { greeting, body, facts, next, closing, footer } = message;
    for (const words of [
      greeting,
      body,
      next,
      closing,
      footer,
      ...facts.flatMap(({ label, value }) => [label, value]),
    ]) {
      expect(words).not.toBe('');
      expect(text).toContain(words);
      expect(seen).toContain(words);
    }
    for (const { url } of message.links) expect(html).toContain(`href="${url}"`);
    expect(html).not.toContain('undefined');
  });
});

test.each(noticeKind.options)('a mail of the kind %s runs nothing that somebody has put into a name', (kind) => {
  const evil = '<script>alert("&")</script>\r\nBcc: eve@example.com\u0085Price: ₩1';
  const about = { ...booking, musical: evil, venue: evil, lines: [{ ...booking.lines[0]!, grade: evil }] };
  const detail = { reason: evil, url: 'javascript:alert(1)', refunded: 1 };
  const { subject, text, html } = mailOf(kind, detail, { ...en, name: evil }, about);
  expect(html).not.toMatch(/<script|href="javascript/);
  expect(html).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)');
  expect(subject).not.toMatch(/[\r\n\u0085]/);
  expect(text).not.toMatch(/^(Bcc|Price: ₩1$)/m);
});

test('the payment page comes first, and a strange one is no link', () => {
  const { html } = mailOf('action_required', { url: 'https://pay.example/1?a=1&b="2"' });
  const links = [...html.matchAll(/<a class="(\w+)" href="([^"]*)"/g)].map(([, place, url]) => [place, url]);
  expect(links).toEqual([
    ['first', 'https://pay.example/1?a=1&amp;b=&quot;2&quot;'],
    ['other', 'https://tickets.example/mypage'],
  ]);
  for (const url of ['javascript:alert(1)', 'https://pay.example/\r\nBcc: eve', '//pay.example']) {
    const { text } = writeMail(composeMessage('action_required', { url }, booking, en));
    expect(text).not.toContain('Payment page:');
  }
});

test('without a public address nothing leads to My page', () => {
  const { text, html } = writeMail(composeMessage('confirmed', {}, booking, en));
  expect(text).not.toContain('http');
  expect(html).not.toContain('<a ');
});

test('somebody without a name is greeted too', () => {
  expect(mailOf('confirmed', {}, { locale: 'en' }).text).toMatch(/^Hello,/);
  expect(mailOf('confirmed', {}, { locale: 'ko' }).text).toMatch(/^안녕하세요/);
});
