import type { Command } from './command';

/** Every subcommand by its name, in the order in which help lists them. */
export const commands: Record<string, Command> = {};
