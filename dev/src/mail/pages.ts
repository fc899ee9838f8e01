import { escapeHtml, page } from '../http/html';
import type { ChatMessage } from './chat';
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
<p><a href="/chat">Chat messages</a></p>
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

/** Only a web address becomes a link. */
const linkHtml = ({ label, url }: ChatMessage['links'][number]): string =>
  /^https?:/i.test(url) ? `<a href="${escapeHtml(url)}" target="_blank" rel="noopener">${escapeHtml(label)}</a>` : '';

/** All chat messages, newest first; looks again every few seconds. */
export const chatPage = (messages: ChatMessage[]): string => {
  const bubbles = messages.toReversed().map(
    ({ customerId, time, text, language, links }) => `<article>
<small>To ${escapeHtml(customerId)}, ${time}</small>
<p lang="${language}" style="white-space:pre-line;overflow-wrap:anywhere;margin:.25rem 0;padding:.75rem 1rem;border:1px solid #8884;border-radius:4px 16px 16px">${escapeHtml(text)}</p>
<p>${links.map(linkHtml).join(' ')}</p>
</article>`,
  );
  return page(
    'Chat messages',
    `<meta http-equiv="refresh" content="3">
${bubbles.join('\n') || '<p>No message yet. Customers choose chat in their preferences.</p>'}
<p><a href="/">Mails</a></p>`,
  );
};
