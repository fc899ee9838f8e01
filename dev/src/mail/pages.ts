import { escapeHtml, page } from '../http/html';
import type { Mail, Mailbox } from './mail';

const names = (mailboxes: Mailbox[]): string =>
  escapeHtml(mailboxes.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', '));

const headOf = (mail: Mail): string => `<dl>
<dt>From</dt><dd>${names(mail.from)}</dd><dt>To</dt><dd>${names(mail.to)}</dd><dt>At</dt><dd>${mail.time}</dd>
</dl>`;

/** All mails, newest first; looks again every few seconds. */
export const listPage = (mails: Mail[]): string => {
  const rows = mails
    .toReversed()
    .map(
      (mail) =>
        `<article><a href="/mail/${mail.id}"><strong>${escapeHtml(mail.subject)}</strong></a>${headOf(mail)}</article>`,
    );
  return page(
    'Mail inbox',
    `<meta http-equiv="refresh" content="3">
${rows.join('<hr>\n') || '<p>No mail yet.</p>'}
<p><small>Whatever OuterPark sends in development ends here.</small></p>`,
  );
};

/** One mail. Its HTML is strange: it stands in a frame without scripts and without an origin. */
export const mailPage = (mail: Mail): string =>
  page(
    mail.subject,
    `${headOf(mail)}<hr>
${mail.html === undefined ? '' : `<iframe sandbox title="The mail" style="width:100%;height:24rem;border:0;background:#fff" srcdoc="${escapeHtml(mail.html)}"></iframe>`}
<pre style="white-space:pre-wrap">${escapeHtml(mail.text)}</pre>
<p><a href="/">All mails</a></p>`,
  );
