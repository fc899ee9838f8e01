import { homeOf } from '@outerpark/dev/start/options';
import { readRunFile } from '@outerpark/dev/start/run-file';
import { demoToken } from '@outerpark/dev/issuer/token';

export interface Desk {
  /** The gateway's base URL. */
  gateway: string;
  /** An admin's bearer token. */
  token: string;
}

/**
 * The system that OUTERPARK_URL names, or the one that `npm start` runs here; the token is OUTERPARK_TOKEN, or the development
 * issuer's for its admin. Throws with a sentence for the user.
 */
export async function readDesk(env = process.env): Promise<Desk> {
  const run = readRunFile(homeOf(env));
  const gateway = env.OUTERPARK_URL || run?.gateway;
  if (!gateway)
    throw new Error('OuterPark does not run here; start it with npm start, or name a gateway by OUTERPARK_URL.');
  if (env.OUTERPARK_TOKEN) return { gateway, token: env.OUTERPARK_TOKEN };
  const issuer = env.OIDC_ISSUER || run?.oidc.issuer;
  if (!issuer) throw new Error("Whose desk is it? Give an admin's token by OUTERPARK_TOKEN.");
  const token = await demoToken(issuer, 'admin').catch((error: Error) => {
    throw new Error(`The issuer at ${issuer} gives no token: ${error.message}. Give one by OUTERPARK_TOKEN.`);
  });
  return { gateway, token };
}
