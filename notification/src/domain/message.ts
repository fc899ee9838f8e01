import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
import type { PricedLine } from '@outerpark/contracts/values';
import type { NoticeDetail } from './notices';
import { textsIn, type Language, type Texts } from './texts';

/** What was reserved, and until when it has to be paid. Amounts in KRW. */
export interface Booking {
  musical: string;
  startsAt: Date;
  venue: string;
  lines: PricedLine[];
  price: number;
  paymentDeadline: Date;
}

export interface Fact {
  label: string;
  value: string;
}

/** A web address and what it leads to. */
export interface Link {
  label: string;
  url: string;
}

/** A notice in the customer's language, for any channel. Nothing in it is HTML, and each text is on one line. */
export interface Message {
  language: Language;
  title: string;
  musical: string;
  greeting: string;
  body: string;
  facts: Fact[];
  next: string;
  /** What the customer is most likely to want first. */
  links: Link[];
  closing: string;
  footer: string;
}

/** Says a notice in the customer's language, with times as in Seoul. `publicUrl` is where customers find OuterPark; without it nothing leads to My page. */
export function composeMessage(
  kind: NoticeKind,
  detail: NoticeDetail,
  booking: Booking,
  { name, locale: language }: Pick<CustomerContact, 'name' | 'locale'>,
  publicUrl?: string,
): Message {
  const texts = textsIn[language];
  const { subject, body, next } = texts.notices[kind];
  const { labels } = texts;
  return {
    language,
    title: subject,
    musical: onOneLine(booking.musical),
    greeting: texts.greeting(name && onOneLine(name)),
    body,
    facts: [...bookingFacts(booking, texts, language), ...noticeFacts(kind, detail, booking, texts, language)],
    next: next(inSeoul(booking.paymentDeadline, language)),
    links: [
      ...(kind === 'action_required' && detail.url !== undefined ? linkTo(labels.pay, detail.url) : []),
      ...(publicUrl === undefined ? [] : linkTo(labels.myPage, `${publicUrl}/mypage`)),
    ],
    closing: texts.closing,
    footer: texts.footer,
  };
}

function bookingFacts(booking: Booking, { labels, seats }: Texts, language: Language): Fact[] {
  const lines = booking.lines.map((line) => `${line.grade} ${seats(line.seats)}`).join(', ');
  return [
    { label: labels.musical, value: onOneLine(booking.musical) },
    { label: labels.startsAt, value: inSeoul(booking.startsAt, language) },
    { label: labels.venue, value: onOneLine(booking.venue) },
    { label: labels.seats, value: onOneLine(lines) },
    { label: labels.price, value: won(booking.price, language) },
  ];
}

function noticeFacts(
  kind: NoticeKind,
  { refunded, reason }: NoticeDetail,
  { paymentDeadline }: Booking,
  { labels }: Texts,
  language: Language,
): Fact[] {
  const deadline = { label: labels.deadline, value: inSeoul(paymentDeadline, language) };
  switch (kind) {
    case 'declined':
      return [{ label: labels.reason, value: onOneLine(reason ?? '') }, deadline];
    case 'deferred':
    case 'action_required':
      return [deadline];
    case 'refunded':
      return [{ label: labels.refunded, value: won(refunded ?? 0, language) }];
    case 'confirmed':
    case 'cancelled':
    case 'expired':
      return [];
  }
}

/** Only a web address becomes a link: anything else could run in the reader's program. */
const linkTo = (label: string, url: string): Link[] => (/^https?:\/\/\S+$/i.test(url) ? [{ label, url }] : []);

/** A line break in what somebody has written could feign a header of a mail, or a line of ours. */
export const onOneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const REGION = { ko: 'ko-KR', en: 'en-US' };

/** Made once for a language: making them costs more than a whole mail. */
const formats = new Map<Language, ReturnType<typeof createFormats>>();

function createFormats(language: Language) {
  const region = REGION[language];
  const seoul = { timeZone: 'Asia/Seoul' };
  return {
    number: new Intl.NumberFormat(region, language === 'ko' ? {} : { style: 'currency', currency: 'KRW' }),
    // Apart, for how a language joins the two differs from one version of Node to the next.
    date: new Intl.DateTimeFormat(region, { ...seoul, dateStyle: 'full' }),
    time: new Intl.DateTimeFormat(region, { ...seoul, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
}

function formatsOf(language: Language) {
  const known = formats.get(language) ?? createFormats(language);
  formats.set(language, known);
  return known;
}

/** `₩150,000` or `150,000원`, as readers of the language write it, and as the web does. */
const won = (amount: number, language: Language): string =>
  `${formatsOf(language).number.format(amount)}${language === 'ko' ? '원' : ''}`;

/** All venues are in Korea, so this is the time on the clock at the door. */
const inSeoul = (at: Date, language: Language): string => {
  const { date, time } = formatsOf(language);
  return `${date.format(at)} ${time.format(at)} (KST)`;
};
