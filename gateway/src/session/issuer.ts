import { ProblemError } from '@outerpark/chassis/errors';
import * as oidc from 'openid-client';

/** What a browser has to bring back from the issuer, and what proves that it is the same browser. */
export interface SignInChecks {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Tokens {
  access: string;
  refresh?: string;
}

/** The OpenID Connect issuer, as the web's client sees it. All of it throws `service-unavailable` while the issuer is away. */
export interface Issuer {
  /** Where the browser has to go. `again`: the issuer asks who it is even when it knows. */
  begin(redirectUri: string, options: { again: boolean }): Promise<{ url: string; checks: SignInChecks }>;
  /** `came` is the address under which the browser came back. Throws `invalid-request` when the sign-in is not good. */
  finish(came: URL, checks: SignInChecks): Promise<Tokens>;
  /** Throws `invalid-request` when the issuer gives nothing for this token any more. */
  renew(refreshToken: string): Promise<Tokens>;
}

interface IssuerOptions {
  /** Exactly as in the tokens' `iss`. */
  issuer: string;
  discoveryUrl?: string;
  clientId: string;
  clientSecret?: string;
  scope: string;
}

const PATIENCE_SECONDS = 5;
const CLOCK_TOLERANCE_SECONDS = 5;

/** The issuer by discovery, which is done at the first sign-in and again after every failure. */
export function createIssuer({ issuer, discoveryUrl, clientId, clientSecret, scope }: IssuerOptions): Issuer {
  const document = new URL(discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const client = { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  const authentication = clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None();
  const execute = [oidc.enableNonRepudiationChecks];
  if (document.protocol === 'http:') execute.push(oidc.allowInsecureRequests);

  let discovery: Promise<oidc.Configuration> | undefined;
  const discovered = () => {
    discovery ??= discover().catch((error: unknown) => {
      discovery = undefined;
      throw away(error);
    });
    return discovery;
  };
  const discover = async () => {
    const options = { execute, timeout: PATIENCE_SECONDS };
    const configuration = await oidc.discovery(document, clientId, client, authentication, options);
    const found = configuration.serverMetadata().issuer;
    if (found !== issuer) throw new TypeError(`discovery at ${document.href} names the issuer ${found}`);
    return configuration;
  };

  return {
    begin: async (redirectUri, { again }) => {
      const configuration = await discovered();
      const checks = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
        ...(again ? { prompt: 'login' } : {}),
      });
      return { url: url.href, checks };
    },
    finish: async (came, { state, nonce, verifier }) => {
      const expected = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      return tokens(await answered(oidc.authorizationCodeGrant(await discovered(), came, expected)));
    },
    renew: async (refreshToken) => tokens(await answered(oidc.refreshTokenGrant(await discovered(), refreshToken))),
  };
}

const tokens = ({ access_token, refresh_token }: { access_token: string; refresh_token?: string }): Tokens => ({
  access: access_token,
  refresh: refresh_token,
});

/** No answer, or none that an issuer in good health would give. */
const AWAY = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'];

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof oidc.AuthorizationResponseError)
      throw new ProblemError('invalid-request', `The issuer let nobody in: ${cause.error}`, { cause });
    const refused = cause instanceof oidc.ClientError || cause instanceof oidc.ResponseBodyError;
    if (!refused || AWAY.includes(cause.code ?? '')) throw away(cause);
    throw new ProblemError('invalid-request', 'The sign-in is not valid or has ended: sign in again', { cause });
  }
}

const away = (cause: unknown): ProblemError =>
  new ProblemError('service-unavailable', 'The identity issuer cannot be reached', {
    headers: { 'Retry-After': '1' },
    cause,
  });
