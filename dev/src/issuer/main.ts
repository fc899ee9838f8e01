import { runMain, stopOnSignals } from '../http/serve';
import { startIssuer } from './start';

runMain(async () => {
  const { PORT = '8091', HOST, DATA_DIR = '.outerpark/issuer' } = process.env;
  const { ISSUER_URL, OIDC_AUDIENCE, REDIRECT_URIS } = process.env;
  const issuer = await startIssuer({
    port: Number(PORT),
    host: HOST,
    dataDir: DATA_DIR,
    issuerUrl: ISSUER_URL,
    audience: OIDC_AUDIENCE,
    redirectUris: REDIRECT_URIS?.split(','),
  });
  stopOnSignals(issuer.stop);
  console.log(JSON.stringify({ level: 'info', message: `The development issuer listens at ${issuer.url}` }));
});
