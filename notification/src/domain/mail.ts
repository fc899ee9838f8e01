import { mailHtml } from './mail-html';
import type { Message } from './message';

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** Writes a message as a mail: the same words as plain text and as HTML. */
export const writeMail = (message: Message): Mail => ({
  subject: `[OuterPark] ${message.title}: ${message.musical}`,
  text: mailText(message),
  html: mailHtml(message),
});

const mailText = ({ greeting, body, facts, next, links, closing, footer }: Message): string =>
  [
    greeting,
    body,
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    next,
    ...(links.length > 0 ? [links.map(({ label, url }) => `${label}: ${url}`).join('\n')] : []),
    closing,
    `-- \n${footer}`,
  ].join('\n\n') + '\n';
