import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface TestSmtp {
  url: string;
  /** What was accepted, as it was sent. */
  mails: { to: string; raw: string }[];
  /** What the server answers to a recipient, such as 451; undefined accepts. */
  answer: (recipient: string) => number | undefined;
  stop(): Promise<void>;
}

/** A real SMTP server that keeps what it accepts. */
export async function startTestSmtp(port = 0): Promise<TestSmtp> {
  const mails: TestSmtp['mails'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) => {
      const code = smtp.answer(address);
      done(code === undefined ? null : Object.assign(new Error(`no <${address}> here`), { responseCode: code }));
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo[0]!.address, raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const smtp: TestSmtp = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    answer: () => undefined,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return smtp;
}
