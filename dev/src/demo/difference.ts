/** A step saw something else than it should have. */
export class Difference extends Error {
  override readonly name = 'Difference';

  constructor(
    readonly expected: string,
    readonly seen: string,
  ) {
    super(`expected ${expected}, saw ${seen}`);
  }
}

/** Throws a Difference unless both are the same. */
export const same = (what: string, seen: string | number | undefined, expected: string | number): void => {
  if (seen !== expected) throw new Difference(`${what}: ${expected}`, `${what}: ${seen ?? 'none'}`);
};
