import { CLI_CLIENT, DEMO_GRANT } from './demo-account-grant';

/** A bearer token of a demo account from the running issuer. Throws an Error with the issuer's own words when it refuses. */
export const demoToken = async (issuerUrl: string, account: string): Promise<string> => {
  const answer = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: DEMO_GRANT, client_id: CLI_CLIENT, account }),
  });
  const body = (await answer.json()) as { access_token?: string; error_description?: string };
  if (body.access_token === undefined)
    throw new Error(body.error_description ?? `the issuer answered ${answer.status}`);
  return body.access_token;
};
