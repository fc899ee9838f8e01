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

/** Links of a mail open beside this page. The frame allows nothing else: no scripts, no forms, no origin. */
const frameOf = (html: string): string => {
  const document = html.replace(/<head[^>]*>/i, '$&<base target="_blank">');
  return `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="As HTML" style="flex:2 1 34rem;min-width:0;height:52rem;border:1px solid #8884;border-radius:8px;background:#fff" srcdoc="${escapeHtml(document)}"></iframe>`;
};

/** One mail, as HTML and as plain text side by side. */
export const mailPage = (mail: Mail): string =>
  page(
    mail.subject,
    `${headOf(mail)}<hr>
<div style="display:flex;flex-wrap:wrap;gap:1.5rem">
${mail.html === undefined ? '' : frameOf(mail.html)}
<pre style="flex:1 1 20rem;min-width:0;white-space:pre-wrap;overflow-wrap:anywhere">${escapeHtml(mail.text)}</pre>
</div>
<p><a href="/">All mails</a></p>`,
    '72rem',
  );
