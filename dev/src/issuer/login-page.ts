import { page } from '../http/html';
import { demoAccounts } from './accounts';

const NOTE = "<p><small>OuterPark's development issuer. There are no passwords.</small></p>";

/** The page on which somebody chooses who to be. */
export const loginPage = (): string =>
  page(
    'Sign in',
    `<form method="post">${demoAccounts
      .map(
        ({ id, name, roles }) =>
          `<button name="account" value="${id}">${name}<br><small>${roles.join(', ')}</small></button>`,
      )
      .join('\n')}</form>${NOTE}`,
  );

export const notFoundPage = (): string =>
  page('This sign-in has ended', `<p>Go back to where you came from and sign in again.</p>${NOTE}`);

/** What the issuer says to somebody who opens its address. */
export const indexPage = (): string =>
  page(
    'Development issuer',
    `<p>Demo accounts: ${demoAccounts.map(({ id }) => `<code>${id}</code>`).join(', ')}.</p>
<p>A token for one: <code>npm run --silent token -- alice</code></p>
<p><a href="/.well-known/openid-configuration">Discovery document</a></p>${NOTE}`,
  );
