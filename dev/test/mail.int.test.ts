import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { type MailInbox, startMailInbox } from '../src/mail/start';
import type { Mail } from '../src/mail/mail';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let inbox: MailInbox;

beforeEach(async () => {
  inbox = await startMailInbox({ port: 0, smtpPort: 0, chatSecret: SECRET });
});
afterEach(() => inbox.stop());

const send = (mail: object, url = inbox.smtpUrl) =>
  createTransport(url).sendMail({
    from: 'OuterPark <no-reply@outerpark.example>',
    to: 'Alice <alice@example.com>',
    ...mail,
  });
const emails = async (query = '') => (await (await fetch(`${inbox.url}/email${query}`)).json()) as Mail[];

test('a mail that was sent is listed with its parts', async () => {
  await send({
    subject: '예매 완료: 레베카',
    text: '좌석 2석',
    html: '<p>좌석 <b>2</b>석</p>',
    headers: { 'x-notice': 'n1' },
  });
  expect(await emails()).toEqual([
    {
      id: expect.any(String) as string,
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      from: [{ name: 'OuterPark', address: 'no-reply@outerpark.example' }],
      to: [{ name: 'Alice', address: 'alice@example.com' }],
      subject: '예매 완료: 레베카',
      text: expect.stringContaining('좌석 2석') as string,
      html: expect.stringContaining('<b>2</b>') as string,
      headers: expect.objectContaining({ 'x-notice': 'n1' }) as object,
      envelope: { from: 'no-reply@outerpark.example', to: ['alice@example.com'] },
    },
  ]);
});

test('mails can be asked for one recipient, and all be forgotten', async () => {
  await send({ subject: '1', text: '' });
  await send({ subject: '2', text: '', to: 'bob@example.com' });
  expect((await emails('?to=BOB@example.com')).map(({ subject }) => subject)).toEqual(['2']);
  expect((await fetch(`${inbox.url}/email`, { method: 'DELETE' })).status).toBe(204);
  expect(await emails()).toEqual([]);
});

test('any user and password will do', async () => {
  await send({ subject: 'with a password', text: '' }, inbox.smtpUrl.replace('smtp://', 'smtp://somebody:secret@'));
  expect(await emails()).toHaveLength(1);
});

test('the pages show mails, and nothing in a mail becomes a part of them', async () => {
  const evil = '<script>alert(1)</script>';
  await send({ subject: evil, text: evil, html: evil, to: `"${evil}" <alice@example.com>` });
  const [mail] = await emails();
  for (const path of ['/', `/mail/${mail!.id}`]) {
    const answer = await fetch(inbox.url + path);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await answer.text();
    expect(html).toContain('alert(1)');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('allow-scripts');
    expect(html).not.toContain('allow-same-origin');
  }
});

test('a mail is shown as HTML and as text', async () => {
  await send({ subject: 'both', text: 'in words', html: '<html><head></head><body><b>in bold</b></body></html>' });
  const [mail] = await emails();
  const html = await (await fetch(`${inbox.url}/mail/${mail!.id}`)).text();
  expect(html).toContain('in words');
  expect(html).toMatch(/<iframe sandbox="allow-popups [^"]*" [^>]*srcdoc="[^"]*&lt;base target=[^"]*in bold/);
});

test('who hangs up in the middle does no harm', async () => {
  const socket = connect(Number(new URL(inbox.smtpUrl).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: half');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.resetAndDestroy();
  await send({ subject: 'whole', text: '' });
  expect((await emails()).map(({ subject }) => subject)).toEqual(['whole']);
});

/** A chat message as notification posts it. */
const post = (text: string, { id = 'notice_1', secret = SECRET, secondsAgo = 0 } = {}) => {
  const body = JSON.stringify({
    type: 'notice.confirmed',
    timestamp: '2026-11-23T10:06:09.618Z',
    data: {
      noticeId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a01',
      reservationId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a02',
      ...{ customerId: 'alice', kind: 'confirmed', language: 'en', title: 'Confirmed', text, musical: 'Rent' },
      links: [{ label: 'My page', url: 'http://127.0.0.1/mypage' }],
      ...{ startsAt: '2026-12-24T10:00:00.000Z', venue: 'Hall 1', lines: [{ grade: 'R', seats: 2 }], price: 300_000 },
      paymentDeadline: '2026-11-23T10:21:09.618Z',
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  return fetch(inbox.chatUrl, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
};
const chats = async (query = '') => (await (await fetch(`${inbox.url}/chats${query}`)).json()) as { text: string }[];

test('a signed chat message is shown, once, and nothing of it becomes a part of the page', async () => {
  for (let time = 0; time < 2; time++) expect((await post('<script>2 seats</script>')).status).toBe(204);
  expect((await chats('?customer=alice')).map(({ text }) => text)).toEqual(['<script>2 seats</script>']);
  expect(await chats('?customer=bob')).toEqual([]);
  const html = await (await fetch(inbox.chatUrl)).text();
  expect(html).toContain('2 seats');
  expect(html).not.toContain('<script>');
});

test('a chat message by another secret, or an old one, is not taken', async () => {
  expect((await post('x', { secret: `whsec_${Buffer.alloc(24).toString('base64')}` })).status).toBe(401);
  expect((await post('x', { secondsAgo: 301 })).status).toBe(401);
  expect((await fetch(inbox.chatUrl, { method: 'POST', body: '{}' })).status).toBe(401);
  expect(await chats()).toEqual([]);
});
