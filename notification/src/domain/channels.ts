import type { NotificationPreferences } from '@outerpark/contracts/http/notifications';
import type { NoticeChannel } from '@outerpark/contracts/notification-events';

/** A channel that leads out of our own pages. */
export type OutsideChannel = keyof NotificationPreferences['channels'];

/** Of a customer who has never chosen. */
const BY_DEFAULT: NotificationPreferences['channels'] = { email: true, chat: false };

export const preferencesOf = (
  chosen: NotificationPreferences | undefined,
  language: NotificationPreferences['language'],
): NotificationPreferences => chosen ?? { language, channels: BY_DEFAULT };

/** By what a customer is to be told now: what was chosen as far as the operator has it, and My page alone when that is nothing. */
export function channelsFor(
  chosen: NotificationPreferences['channels'] | undefined,
  available: OutsideChannel[],
): NoticeChannel[] {
  const wanted = available.filter((channel) => (chosen ?? BY_DEFAULT)[channel]);
  return wanted.length > 0 ? wanted : ['mypage'];
}
