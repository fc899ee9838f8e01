import { act } from './act';
import { actions } from './actions';
import { attention } from './attention';
import { causes } from './causes';
import type { Command } from './command';
import { deadLetters } from './dead-letters';
import { discard } from './discard';
import { reconcileCommand } from './reconcile/command';
import { replay } from './replay';
import { sales } from './sales';
import { system } from './system';

/** Every subcommand by its name, in the order in which help lists them. */
export const commands: Record<string, Command> = {
  system,
  attention,
  retry: act('retry', 'Has a payment, a refund or a mail tried again at once'),
  resend: act('resend', 'Has a mail that was given up delivered again'),
  release: act('release', 'Has the seats of what is no live reservation released'),
  refund: act('refund', 'Has the money of what is no live reservation given back'),
  'dead-letters': deadLetters,
  causes,
  replay,
  discard,
  actions,
  sales,
  reconcile: reconcileCommand,
};
