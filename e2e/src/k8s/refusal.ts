import { errorMessage } from '@outerpark/chassis/errors';

/** What a command refuses by. Throws when it does not. */
export const refusal = (what: string, work: Promise<string>): Promise<string> =>
  work.then(
    () => {
      throw new Error(`${what} was accepted`);
    },
    (error: unknown) => errorMessage(error),
  );
