import { EncryptJWT, jwtDecrypt } from 'jose';
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a sealed text is for: one for another purpose opens nothing. */
export type Purpose = 'sign-in' | 'session' | 'refresh';

/** Hides small objects in texts that nobody else can read, change or make. */
export interface Seal {
  /** Good until then, to the second. */
  close(purpose: Purpose, content: Record<string, unknown>, until: Date): Promise<string>;
  /** Undefined for what we did not make for this purpose, and for what is past its time. */
  open(purpose: Purpose, text: string): Promise<Record<string, unknown> | undefined>;
}

const SHORTEST_SECRET = 32;

/** Comma-separated; as many as are in use while one takes another's place. */
export const secretList = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine(
    (secrets) => secrets.every(({ length }) => length >= SHORTEST_SECRET),
    `must be secrets of at least ${SHORTEST_SECRET} characters, separated by commas`,
  );

/** The first secret closes, all of them open. Texts are JWEs (dir, A256GCM) that name their key by its id. */
export function createSeal(secrets: string[]): Seal {
  const keys = new Map(secrets.map((secret) => [keyId(secret), digest(`key:${secret}`)]));
  const [kid, key] = [...keys][0]!;
  return {
    close: (purpose, content, until) =>
      new EncryptJWT(content)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
        .setAudience(purpose)
        .setExpirationTime(until)
        .encrypt(key),
    open: async (purpose, text) => {
      try {
        const { payload } = await jwtDecrypt(text, ({ kid: of }) => keys.get(of ?? '') ?? Promise.reject(new Error()), {
          audience: purpose,
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
        });
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}

// Secrets are long and random, so that a plain hash makes a key of them.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const keyId = (secret: string): string => digest(`id:${secret}`).toString('base64url').slice(0, 8);
