import './before-oidc-provider';
import { randomBytes } from 'node:crypto';
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { accountOf } from './accounts';
import { CLI_CLIENT, DEMO_GRANT } from './demo-account-grant';
import { registerDemoGrant } from './register-demo-grant';
import { signingKeys } from './keys';

/** The web application's client: public, so with PKCE. */
export const WEB_CLIENT = 'outerpark-web';

/** OuterPark's API as a resource indicator, which has to be a URI; in tokens it is the audience. */
const RESOURCE = 'urn:outerpark:api';
const HOURS = 60 * 60;

export interface ProviderOptions {
  issuerUrl: string;
  /** Tokens carry it as `aud`. */
  audience: string;
  dataDir: string;
  /** Where the web client may be sent back to. */
  redirectUris: string[];
}

/** The OpenID provider with its two clients. Grants and sessions are in memory; the keys are kept. */
export const openIdProvider = async ({
  issuerUrl,
  audience,
  dataDir,
  redirectUris,
}: ProviderOptions): Promise<Provider> => {
  const api = { scope: 'api', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } } as const;
  const claimsOf = (id: string | undefined) => {
    const { name, email, locale, roles } = accountOf(id)!;
    return { name, email, locale, roles };
  };
  const configuration: Configuration = {
    jwks: await signingKeys(dataDir),
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'none' },
    clients: [
      {
        client_id: WEB_CLIENT,
        redirect_uris: redirectUris,
        post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      { client_id: CLI_CLIENT, redirect_uris: [], grant_types: [DEMO_GRANT], response_types: [] },
    ],
    clientAuthMethods: ['none'],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'api'],
    claims: { openid: ['sub'], profile: ['name', 'locale', 'roles'], email: ['email'] },
    // The web client reads who signed in from the ID token alone.
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: 8 * HOURS,
      IdToken: 8 * HOURS,
      Grant: 24 * HOURS,
      Session: 24 * HOURS,
      Interaction: 1 * HOURS,
      AuthorizationCode: 60,
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => api,
      },
    },
    interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
    findAccount: (_ctx, id) => accountOf(id) && { accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) },
    extraTokenClaims: (_ctx, token) => ('accountId' in token ? claimsOf(token.accountId) : undefined),
    loadExistingGrant: consentForOneself,
  };
  const provider = new Provider(issuerUrl, configuration);
  provider.on('server_error', (_ctx, error) => console.error(JSON.stringify({ level: 'error', message: error.stack })));
  provider.use(browsersComeBy(issuerUrl));
  registerDemoGrant(provider, new provider.ResourceServer(RESOURCE, api));
  return provider;
};

/** Nobody has to agree that OuterPark may know them: the consent is there before it is asked for. */
const consentForOneself = async (ctx: KoaContextWithOIDC) => {
  const { client, session, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
  grant.addOIDCScope('openid profile email');
  grant.addResourceScope(RESOURCE, 'api');
  await grant.save();
  return grant;
};

/** Whoever reads the discovery document by another address, as in a container network, still sends browsers to the issuer's own. */
const browsersComeBy = (issuerUrl: string) => async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
  await next();
  const document = ctx.body as { authorization_endpoint?: string } | undefined;
  if (ctx.path !== '/.well-known/openid-configuration' || !document?.authorization_endpoint) return;
  document.authorization_endpoint = new URL(new URL(document.authorization_endpoint).pathname, issuerUrl).href;
};
