/** Why something cannot run here, in one sentence that says what to do about it. It is shown to the user as it is, without a stack. */
export class CannotStart extends Error {}

/** The sentence for a full disk when that is what a server's log (or an error) tells of, else nothing. */
export const diskFull = (told: unknown, dir: string): CannotStart | undefined =>
  /no space left on device|ENOSPC|disk quota exceeded/i.test(String(told))
    ? new CannotStart(`The disk that holds ${dir} is full; free some space and start again.`)
    : undefined;
