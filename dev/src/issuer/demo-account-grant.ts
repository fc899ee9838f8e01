/** A grant type that no real issuer would have: a token for the asking, by the name of a demo account. `npm run token` uses it. */
export const DEMO_GRANT = 'urn:outerpark:grant-type:demo-account';

/** The public client that may use it, and nothing else. */
export const CLI_CLIENT = 'outerpark-cli';
