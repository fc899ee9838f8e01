import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
import type { PricedLine } from '@outerpark/contracts/values';
import { mailTexts, type MailTexts } from './mail-texts';
import type { NoticeDetail } from './notices';

/** What was reserved, and until when it has to be paid. Amounts in KRW. */
export interface Booking {
  musical: string;
  startsAt: Date;
  venue: string;
  lines: PricedLine[];
  price: number;
  paymentDeadline: Date;
}

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

type Locale = CustomerContact['locale'];
interface Fact {
  label: string;
  value: string;
  /** Where the value leads to. */
  url?: string;
}

/** Writes a notice as a mail in the customer's language, with times as in Seoul. */
export function writeMail(
  kind: NoticeKind,
  detail: NoticeDetail,
  booking: Booking,
  { name, locale }: Pick<CustomerContact, 'name' | 'locale'>,
): Mail {
  const texts = mailTexts[locale];
  const { subject, body } = texts.notices[kind];
  const facts = [...bookingFacts(booking, texts, locale), ...noticeFacts(kind, detail, booking, texts, locale)];
  const paragraphs = [texts.greeting(name), body];
  return {
    // On one line, whatever the musical is called.
    subject: `[OuterPark] ${subject}: ${booking.musical}`.replace(/\s+/g, ' '),
    text: asText(paragraphs, facts, texts.closing),
    html: asHtml(locale, paragraphs, facts, texts.closing),
  };
}

const bookingFacts = (booking: Booking, { labels, seats }: MailTexts, locale: Locale): Fact[] => [
  { label: labels.musical, value: booking.musical },
  { label: labels.startsAt, value: inSeoul(booking.startsAt, locale) },
  { label: labels.venue, value: booking.venue },
  { label: labels.seats, value: booking.lines.map((line) => `${line.grade} ${seats(line.seats)}`).join(', ') },
  { label: labels.price, value: won(booking.price, locale) },
];

function noticeFacts(
  kind: NoticeKind,
  { refunded, reason, url }: NoticeDetail,
  { paymentDeadline }: Booking,
  { labels }: MailTexts,
  locale: Locale,
): Fact[] {
  const deadline = { label: labels.deadline, value: inSeoul(paymentDeadline, locale) };
  switch (kind) {
    case 'deferred':
      return [deadline];
    case 'declined':
      return [{ label: labels.reason, value: reason ?? '' }, deadline];
    case 'action_required':
      return [{ label: labels.pay, value: url ?? '', url }, deadline];
    case 'refunded':
      return [{ label: labels.refunded, value: won(refunded ?? 0, locale) }];
    case 'confirmed':
    case 'cancelled':
    case 'expired':
      return [];
  }
}

const LANGUAGE = { ko: 'ko-KR', en: 'en-US' };

const won = (amount: number, locale: Locale): string =>
  new Intl.NumberFormat(LANGUAGE[locale], { style: 'currency', currency: 'KRW' }).format(amount);

const inSeoul = (time: Date, locale: Locale): string => {
  const as = (format: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LANGUAGE[locale], { ...format, timeZone: 'Asia/Seoul' }).format(time);
  // Apart, for how a language joins the two differs from one version of Node to the next.
  return `${as({ dateStyle: 'full' })} ${as({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })} (KST)`;
};

const asText = (paragraphs: string[], facts: Fact[], closing: string): string =>
  [...paragraphs, facts.map(({ label, value }) => `${label}: ${value}`).join('\n'), closing].join('\n\n') + '\n';

function asHtml(locale: Locale, paragraphs: string[], facts: Fact[], closing: string): string {
  const rows = facts.map(
    (fact) =>
      `<tr><th style="text-align:left;padding:4px 16px 4px 0">${escaped(fact.label)}</th><td>${valueHtml(fact)}</td></tr>`,
  );
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"></head><body style="font-family:sans-serif">`,
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    `<table>${rows.join('')}</table>`,
    `<p>${escaped(closing)}</p></body></html>`,
  ].join('\n');
}

/** Only a web address becomes a link: anything else could run in the reader's mail program. */
const valueHtml = ({ value, url }: Fact): string =>
  url && /^https?:\/\//i.test(url) ? `<a href="${escaped(url)}">${escaped(value)}</a>` : escaped(value);

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
