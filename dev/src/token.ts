import { accountOf, demoAccounts } from './issuer/accounts';
import { demoToken } from './issuer/token';
import { homeOf } from './start/options';
import { readRunFile } from './start/run-file';

const names = demoAccounts.map(({ id }) => id).join(', ');

/** A bearer token of a demo account, from the issuer that `npm start` runs or the one at OIDC_ISSUER. Rejects with a sentence for the user. */
const tokenOf = async (account: string | undefined): Promise<string> => {
  if (!account) throw new Error(`Whose token? npm run --silent token -- NAME, with one of ${names}.`);
  if (!accountOf(account)) throw new Error(`There is no demo account ${account}; there are ${names}.`);
  const issuer = process.env.OIDC_ISSUER || readRunFile(homeOf(process.env))?.oidc.issuer;
  if (!issuer)
    throw new Error('OuterPark does not run here; start it with npm start, or name an issuer by OIDC_ISSUER.');
  return demoToken(issuer, account).catch((error: Error) => {
    throw new Error(
      `The issuer at ${issuer} gives no token: ${error.message}. Does npm start still run, with its own issuer?`,
    );
  });
};

tokenOf(process.argv[2]).then(
  (token) => console.log(token),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
