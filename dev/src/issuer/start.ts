import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Provider } from 'oidc-provider';
import { type Running, serve } from '../http/serve';
import { accountOf } from './accounts';
import { indexPage, loginPage, notFoundPage } from './login-page';
import { openIdProvider } from './provider';

export interface IssuerOptions {
  port: number;
  host?: string;
  /** Where signing keys are kept. */
  dataDir: string;
  /** The `iss` of tokens and where browsers find it; by default 127.0.0.1 and the port. */
  issuerUrl?: string;
  audience?: string;
  redirectUris?: string[];
}

const DEFAULT_REDIRECT_URIS = ['http://localhost:8080/auth/callback', 'http://127.0.0.1:8080/auth/callback'];

/** Starts the development identity issuer. */
export const startIssuer = async ({
  port,
  host,
  dataDir,
  issuerUrl = `http://127.0.0.1:${port}`,
  audience = 'outerpark',
  redirectUris = DEFAULT_REDIRECT_URIS,
}: IssuerOptions): Promise<Running> => {
  const provider = await openIdProvider({ issuerUrl, audience, dataDir, redirectUris });
  return serve(issuerApp(provider), port, host);
};

const issuerApp = (provider: Provider): Express => {
  const app = express().disable('x-powered-by');
  app.get('/', (_req, res) => void res.send(indexPage()));
  app.get('/readyz', (_req, res) => void res.json({ status: 'ready' }));
  app
    .route('/login/:uid')
    .get(async (req, res) => {
      await provider.interactionDetails(req, res);
      res.send(loginPage());
    })
    .post(express.urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
      const account = accountOf((req.body as { account?: unknown }).account);
      if (!account) return void res.status(400).send(loginPage());
      await provider.interactionFinished(req, res, { login: { accountId: account.id } });
    });
  const provide = provider.callback();
  app.use((req, res) => void provide(req, res));
  app.use(answerErrors);
  return app;
};

const answerErrors: ErrorRequestHandler = (error: { name?: string; message: string }, _req, res, _next) => {
  if (error.name !== 'SessionNotFound') console.error(JSON.stringify({ level: 'error', message: error.message }));
  res.status(error.name === 'SessionNotFound' ? 404 : 500).send(notFoundPage());
};
