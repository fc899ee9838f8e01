import express, { type Express } from 'express';
import { type Running, serve } from '../http/serve';
import { chatRoutes } from './chat';
import { Mails } from './mails';
import { listPage, mailPage } from './pages';
import { listenForMail } from './smtp';

export interface MailInboxOptions {
  port: number;
  smtpPort: number;
  host?: string;
  /** By which notification signs chat messages: `whsec_` and base64. Without it none are taken. */
  chatSecret?: string;
}

export interface MailInbox extends Running {
  /** For `SMTP_URL`. */
  smtpUrl: string;
  /** For `CHAT_WEBHOOK_URL`. */
  chatUrl: string;
}

/**
 * Starts the mail inbox: an SMTP server that keeps what it gets in memory, a page to read it, and `GET /email` for programs; beside it
 * the same for chat messages. Port 0 takes a free one.
 */
export const startMailInbox = async ({ port, smtpPort, host, chatSecret }: MailInboxOptions): Promise<MailInbox> => {
  const mails = new Mails();
  const smtp = await listenForMail(smtpPort, (mail) => mails.add(mail), host);
  const http = await serve(inboxApp(mails, chatSecret), port, host).catch(async (error: unknown) => {
    await smtp.stop();
    throw error;
  });
  return {
    ...http,
    smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
    chatUrl: `${http.url}/chat`,
    stop: async () => {
      await Promise.all([smtp.stop(), http.stop()]);
    },
  };
};

const inboxApp = (mails: Mails, chatSecret?: string): Express => {
  const app = express().disable('x-powered-by').set('etag', false);
  app.use((_req, res, next) => {
    res.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; frame-src 'self'",
    );
    next();
  });
  app.get('/', (_req, res) => void res.send(listPage(mails.list())));
  app.get('/mail/:id', (req, res) => {
    const mail = mails.find(req.params.id);
    if (mail) res.send(mailPage(mail));
    else res.redirect('/');
  });
  // The list for programs: oldest first, all or those of `?to=alice@example.com`.
  app
    .route('/email')
    .get((req, res) => void res.json(mails.list(typeof req.query.to === 'string' ? req.query.to : undefined)))
    .delete((_req, res) => {
      mails.clear();
      res.status(204).end();
    });
  app.use(chatRoutes(chatSecret));
  app.get('/readyz', (_req, res) => void res.json({ status: 'ready' }));
  return app;
};
