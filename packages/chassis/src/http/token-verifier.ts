import { customerContact } from '@outerpark/contracts/customer-contacts';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { systemClock, type Clock } from '../clock';
import { ProblemError } from '../errors';

/** Who is behind a verified token. */
export interface Identity {
  customerId: string;
  roles: string[];
  email?: string;
  name?: string;
  locale: 'ko' | 'en';
  token: string;
  /** Of the token, in milliseconds since 1970: an answer that goes on for long ends by then. */
  expiresAt?: number;
}

export interface TokenVerifier {
  (token: string): Promise<Identity>;
  /** Of a token that was verified before and has not expired, at once: a promise for each request costs more than this look. */
  known?(token: string): Identity | undefined;
}

export const invalidToken = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError('unauthenticated', detail, {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    cause,
  });

/** Asymmetric only: with HS* anyone who has the public key could sign. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_SECONDS = 5;
const CACHED_TOKENS = 10_000;
const FETCH_MS = 3_000;
const KEYS_FRESH_MS = 600_000;
const REFRESH_EVERY_MS = 30_000;
/** A token of an unknown key makes us look for it, but forged ones not more often than this. */
const UNKNOWN_KEY_MS = 5_000;

interface VerifierOptions {
  /** Exactly as in the tokens' `iss`. */
  issuer: string;
  audience: string;
  /** Of the discovery document; by default it is under the issuer. */
  discoveryUrl?: string;
  clock?: Clock;
}

/**
 * Verifies access tokens of any OpenID Connect issuer, and remembers a verified one until it expires.
 * Throws `unauthenticated` for a token that is not good, `service-unavailable` when the issuer's keys cannot be had.
 */
export function createTokenVerifier({
  issuer,
  audience,
  discoveryUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  clock = systemClock,
}: VerifierOptions): TokenVerifier {
  const keys = issuerKeys(issuer, discoveryUrl, clock);
  const verified = new Map<string, { identity: Identity; expiresAt: number }>();

  const known = (token: string): Identity | undefined => {
    const found = verified.get(token);
    return found && clock().getTime() < found.expiresAt ? found.identity : undefined;
  };
  const verify = async (token: string): Promise<Identity> => {
    const before = known(token);
    if (before) return before;
    const payload = await verifiedPayload(token, keys, { issuer, audience, clock });
    const identity = identityOf(payload, token);
    // To the end of the map: what was verified first is dropped first.
    verified.delete(token);
    verified.set(token, { identity, expiresAt: (payload.exp ?? 0) * 1000 });
    if (verified.size > CACHED_TOKENS) verified.delete(verified.keys().next().value as string);
    return identity;
  };
  return Object.assign(verify, { known });
}

async function verifiedPayload(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, clock }: Required<Omit<VerifierOptions, 'discoveryUrl'>>,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp'],
      currentDate: clock(),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw invalidToken('The token has expired', error);
    if (error instanceof errors.JOSEError) throw invalidToken('The token is not valid', error);
    throw error;
  }
}

/** PostgreSQL's text cannot hold all of them, and no name of anybody has one. */
const noControls = /^\P{Cc}*$/u;

const claims = z.object({
  sub: z.string().min(1).max(255).regex(noControls),
  roles: z.array(z.string()).catch([]),
  // What is no contact by the contract is none here: nobody may be kept from reserving by an odd address.
  email: customerContact.shape.email.optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: customerContact.shape.name.refine((name) => name === undefined || noControls.test(name)).catch(undefined),
  locale: z.string().optional().catch(undefined),
});

function identityOf(payload: JWTPayload, token: string): Identity {
  const read = claims.safeParse(payload);
  if (!read.success) throw invalidToken('The token names no usable subject');
  const { sub, roles, email, email_verified, name, locale } = read.data;
  return {
    customerId: sub,
    roles,
    // An address that the issuer says is not proven may be somebody else's.
    email: email_verified === false ? undefined : email,
    name,
    locale: locale?.toLowerCase().startsWith('en') ? 'en' : 'ko',
    token,
    expiresAt: (payload.exp ?? 0) * 1000,
  };
}

/**
 * The issuer's keys by discovery, found at the first token and looked for again after every failure. Keys that are there
 * are used on while the issuer is away; they are renewed in the background, so that a withdrawn key leaves in time.
 */
function issuerKeys(issuer: string, discoveryUrl: string, clock: Clock): JWTVerifyGetKey {
  let discovery: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  let renewAt = clock().getTime() + KEYS_FRESH_MS;

  const discovered = () => {
    discovery ??= discover(issuer, discoveryUrl).catch((error: unknown) => {
      discovery = undefined;
      throw error;
    });
    return discovery;
  };

  const renew = (keySet: ReturnType<typeof createRemoteJWKSet>) => {
    const now = clock().getTime();
    if (now < renewAt) return;
    renewAt = now + REFRESH_EVERY_MS;
    void keySet.reload().then(
      () => (renewAt = clock().getTime() + KEYS_FRESH_MS),
      () => undefined,
    );
  };

  return async (header, token) => {
    try {
      const keySet = await discovered();
      if (keySet.jwks() !== undefined) renew(keySet);
      return await keySet(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      throw new ProblemError('service-unavailable', 'The identity issuer cannot be reached', {
        headers: { 'Retry-After': '1' },
        cause: error,
      });
    }
  };
}

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

async function discover(issuer: string, url: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`discovery at ${url} answered ${response.status}`);
  const found = discoveryDocument.parse(await response.json());
  if (found.issuer !== issuer) throw new Error(`discovery at ${url} names the issuer ${found.issuer}`);
  return createRemoteJWKSet(new URL(found.jwks_uri), {
    timeoutDuration: FETCH_MS,
    cacheMaxAge: Infinity,
    cooldownDuration: UNKNOWN_KEY_MS,
  });
}
