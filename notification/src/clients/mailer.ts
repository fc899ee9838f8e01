import { errorMessage } from '@outerpark/chassis/errors';
import { withLimit } from '@outerpark/chassis/limit';
import { errorType, inSpan } from '@outerpark/chassis/telemetry/tracer';
import { createTransport } from 'nodemailer';
import type { Outcome } from '../domain/delivery';
import type { Mail } from '../domain/mail';

export interface Mailer {
  /** Tries once to hand the mail to the SMTP server. Does not throw: the outcome says what came of it. */
  send(to: string, mail: Mail, messageId: string): Promise<Outcome>;
  close(): void;
}

interface MailerOptions {
  smtpUrl: string;
  mailFrom: string;
  /** For one mail, with connecting. */
  mailTimeoutMs: number;
  connections: number;
}

/** SMTP with a few connections that are kept open. */
export function createMailer({ smtpUrl, mailFrom, mailTimeoutMs, connections }: MailerOptions): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: connections,
    // A failed try is taken up again by the worker, which counts it.
    maxRequeues: 0,
    connectionTimeout: mailTimeoutMs,
    greetingTimeout: mailTimeoutMs,
    socketTimeout: mailTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  const { hostname, port } = new URL(smtpUrl);
  const attributes = {
    'network.protocol.name': 'smtp',
    'server.address': hostname,
    'server.port': port ? Number(port) : undefined,
  };
  const span = { name: 'send mail', kind: 'client', attributes } as const;

  const trySending = (to: string, mail: Mail, messageId: string): Promise<Outcome> =>
    inSpan(span, async ({ fail }) => {
      try {
        await withLimit(mailTimeoutMs, (signal) =>
          transport.sendMail({
            ...mail,
            from: mailFrom,
            // As parts: nothing in an address may become a second one.
            to: { name: '', address: to },
            messageId,
            headers: { 'Auto-Submitted': 'auto-generated' },
            signal,
          }),
        );
        return { kind: 'sent' };
      } catch (error) {
        fail(errorType(error));
        const text = withoutAddress(errorMessage(error), to);
        return { kind: isRefusal(error) ? 'refused' : 'failed', error: text };
      }
    });

  return {
    send: trySending,
    close: () => transport.close(),
  };
}

/**
 * A definite no is a 5xx to the recipient or to the mail itself, or an address that is none. What the server has against
 * us (login, sender, too many connections) may be put right, so it passes.
 */
function isRefusal(error: unknown): boolean {
  const { code, command, responseCode } = error as { code?: string; command?: string; responseCode?: number };
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  if (responseCode === undefined) return true;
  return responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
}

/** The delivery log outlives the person's contact, so it must not repeat the address. */
const withoutAddress = (text: string, address: string): string =>
  text.replaceAll(new RegExp(address.replace(/[^\w@]/g, '\\$&'), 'gi'), '<address>').slice(0, 1_000);
