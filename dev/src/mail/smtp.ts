import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { type Mail, readMail } from './mail';

const LARGEST = 5 * 1024 * 1024;

/** Listens for mail: from anybody, to anybody, with any password or none. Nothing is ever sent on. */
export const listenForMail = async (
  port: number,
  receive: (mail: Mail) => void,
  host = '127.0.0.1',
): Promise<{ port: number; stop: () => Promise<void> }> => {
  const server = new SMTPServer({
    name: 'outerpark',
    banner: 'OuterPark mail inbox',
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    size: LARGEST,
    closeTimeout: 1000,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onData: (stream, { envelope }, done) => {
      const { mailFrom, rcptTo } = envelope;
      readAll(stream)
        .then((raw) =>
          readMail(raw, { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }),
        )
        .then(receive)
        .then(() => done(), done);
    },
  });
  // A client that hangs up in the middle is no matter of ours, and must not end this process.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const readAll = async (stream: SMTPServerDataStream): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw Object.assign(new Error('The mail is too large.'), { responseCode: 552 });
  return Buffer.concat(chunks);
};
