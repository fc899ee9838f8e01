import type { Fact, Link, Message } from './message';

// Mail programs keep inline styles best, so those say how it looks in the light. What keeps the style element as well
// (Apple Mail, Gmail, Outlook on the web and on phones) may read it in the dark.
const DARK = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page { background: #17191c !important; color: #e6e7e9 !important; }
    .card { background: #212428 !important; border-color: #383c42 !important; }
    .quiet { color: #a3a8b0 !important; }
    .first { background: #f08aa0 !important; color: #2a0a13 !important; }
    .other { color: #f7a3b5 !important; }
  }`;

const FONT = `font-family:system-ui,-apple-system,'Segoe UI','Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif`;
const QUIET = 'color:#5c6370';

/** A message as a whole HTML document, at most 600 pixels wide. Whatever it says is escaped here. */
export const mailHtml = (message: Message): string => `<!doctype html>
<html lang="${message.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(message.title)}</title>
<style>${DARK}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6;color:#1b1e23;${FONT};font-size:16px;line-height:1.6">
<div class="page" role="article" lang="${message.language}" style="background:#f3f4f6;color:#1b1e23;${FONT};padding:24px 12px">
${OUTLOOK.before}
<div style="max-width:600px;margin:0 auto">
<p class="quiet" style="margin:0 0 12px;font-weight:600;${QUIET}">OuterPark</p>
<div class="card" style="background:#ffffff;border:1px solid #dfe2e7;border-radius:12px;padding:28px 24px">
<h1 style="margin:0 0 20px;font-size:22px;line-height:1.35">${escaped(message.title)}</h1>
<p style="margin:0 0 8px">${escaped(message.greeting)}</p>
<p style="margin:0 0 20px">${escaped(message.body)}</p>
<dl style="margin:0 0 20px">
${message.facts.map(factHtml).join('\n')}
</dl>
<p style="margin:0 0 20px">${escaped(message.next)}</p>
${message.links.map(linkHtml).join('\n')}
<p style="margin:0">${escaped(message.closing)}</p>
</div>
<p class="quiet" style="margin:16px 0 0;font-size:13px;${QUIET}">${escaped(message.footer)}</p>
</div>
${OUTLOOK.after}
</div>
</body>
</html>
`;

/** Outlook on Windows knows no max-width: there, and only there, a table keeps the 600 pixels. */
const OUTLOOK = {
  before:
    '<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0"><tr><td><![endif]-->',
  after: '<!--[if mso]></td></tr></table><![endif]-->',
};

const factHtml = ({ label, value }: Fact): string =>
  `<dt class="quiet" style="margin:0;font-size:13px;${QUIET}">${escaped(label)}</dt>` +
  `<dd style="margin:0 0 10px;font-weight:600;overflow-wrap:anywhere">${escaped(value)}</dd>`;

const linkHtml = ({ label, url }: Link, place: number): string =>
  place === 0
    ? `<p style="margin:0 0 20px"><a class="first" href="${escaped(url)}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:#9b1b3c;color:#ffffff;font-weight:600;text-decoration:none">${escaped(label)}</a></p>`
    : `<p style="margin:0 0 20px"><a class="other" href="${escaped(url)}" style="color:#8a1634">${escaped(label)}</a></p>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
