import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** The issuer's signing keys: the ones in `dataDir`, made at the first start, so that tokens outlive a restart. */
export const signingKeys = async (dataDir: string): Promise<{ keys: JWK[] }> => {
  const file = join(dataDir, 'jwks.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { keys: JWK[] };
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(`${file}.unfinished`, JSON.stringify(keys), { mode: 0o600 });
  renameSync(`${file}.unfinished`, file);
  return keys;
};
