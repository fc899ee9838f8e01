/** One subcommand; it lies in a file of its own. */
export interface Command {
  /** What follows the subcommand's name, such as `[--json] KIND`. */
  usage: string;
  /** One line for the list of all. */
  about: string;
  /** Gives the exit code: 0 all is well; 1 refused. Throws Usage for arguments it cannot read, and any other error for what could not be asked. */
  run(args: string[]): Promise<number>;
}

/** The arguments make no sense; the message says which. */
export class Usage extends Error {
  override readonly name = 'Usage';
}
