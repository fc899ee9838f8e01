import { errors, type Provider, type ResourceServerInstance } from 'oidc-provider';
import { accountOf, demoAccounts } from './accounts';
import { DEMO_GRANT } from './demo-account-grant';

/** Answers the demo grant: an access token, and nothing else, without any proof. */
export const registerDemoGrant = (provider: Provider, resourceServer: ResourceServerInstance): void => {
  provider.registerGrantType<{ account?: string }>(
    DEMO_GRANT,
    async (ctx) => {
      const account = accountOf(ctx.oidc.params.account);
      if (!account) {
        const names = demoAccounts.map(({ id }) => id).join(', ');
        throw new errors.InvalidRequest(`there is no such demo account, only ${names}`);
      }
      const grant = new provider.Grant({ accountId: account.id, clientId: ctx.oidc.client.clientId });
      const token = new provider.AccessToken({
        accountId: account.id,
        client: ctx.oidc.client,
        grantId: await grant.save(),
        gty: DEMO_GRANT,
      });
      token.resourceServer = resourceServer;
      ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType };
    },
    ['account'],
  );
};
