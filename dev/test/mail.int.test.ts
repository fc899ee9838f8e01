import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { type MailInbox, startMailInbox } from '../src/mail/start';
import type { Mail } from '../src/mail/mail';

let inbox: MailInbox;

beforeEach(async () => {
  inbox = await startMailInbox({ port: 0, smtpPort: 0 });
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
