import { randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenClaims {
  sub?: string;
  roles?: string[];
  email?: string;
  name?: string;
  locale?: string;
  /** Such as '5m', or '-1m' for one that has expired (s, m, h). Null leaves `exp` out. */
  expiresIn?: string | null;
  audience?: string | string[];
  issuer?: string;
  [claim: string]: unknown;
}

export interface TestIssuer {
  /** As in `iss`. */
  issuer: string;
  /** Where it listens. */
  url: string;
  audience: string;
  token(claims?: TokenClaims): Promise<string>;
  /** Tokens that nobody may accept. */
  forged: {
    /** Signed by another key under the same key id. */
    otherKey(claims?: TokenClaims): Promise<string>;
    algNone(claims?: TokenClaims): Promise<string>;
    /** HS256 with the public key as the secret. */
    symmetric(claims?: TokenClaims): Promise<string>;
  };
  /** How often the keys were fetched. */
  keyRequests(): number;
  /** From now on there is another key only, by which all tokens are signed. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

const AUDIENCE = 'outerpark';

/**
 * An OpenID Connect issuer with discovery, keys (ES256) and no accounts: whatever is asked for is signed. With `name` it calls
 * itself so, as one does that is behind another address.
 */
export async function startTestIssuer({ port = 0, name }: { port?: number; name?: string } = {}): Promise<TestIssuer> {
  const other = await generateKeyPair('ES256');
  let own = await newKey();
  let keyRequests = 0;

  const answer = (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/jwks') keyRequests += 1;
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${url}/jwks` },
      '/jwks': { keys: [own.jwk] },
    };
    const found = documents[req.url ?? ''];
    res.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = name ?? url;

  const signed = (claims: TokenClaims, alg: string, key: Parameters<SignJWT['sign']>[0]) =>
    new SignJWT(payload(claims, issuer)).setProtectedHeader({ alg, kid: own.jwk.kid, typ: 'at+jwt' }).sign(key);

  return {
    issuer,
    url,
    audience: AUDIENCE,
    token: (claims = {}) => signed(claims, 'ES256', own.privateKey),
    forged: {
      otherKey: (claims = {}) => signed(claims, 'ES256', other.privateKey),
      algNone: (claims = {}) => Promise.resolve(new UnsecuredJWT(payload(claims, issuer)).encode()),
      symmetric: async (claims = {}) =>
        signed(claims, 'HS256', new TextEncoder().encode(await exportSPKI(own.publicKey))),
    },
    keyRequests: () => keyRequests,
    rotate: async () => void (own = await newKey()),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' };
  return { publicKey, privateKey, jwk };
}

function payload({ expiresIn = '5m', audience = AUDIENCE, issuer, ...claims }: TokenClaims, ours: string): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const exp = expiresIn === null ? {} : { exp: now + seconds(expiresIn) };
  return { sub: 'customer-1', roles: ['customer'], ...claims, iss: issuer ?? ours, aud: audience, iat: now, ...exp };
}

/** '90s', '-1m', '2h' in seconds. */
function seconds(span: string): number {
  const [, amount, unit] = /^(-?\d+)(s|m|h)$/.exec(span) ?? [];
  if (amount === undefined) throw new Error(`not a time span: ${span}`);
  return Number(amount) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}
