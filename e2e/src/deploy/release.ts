import { z } from 'zod';
import { Refused, run } from './run';

const history = z.array(z.object({ revision: z.int(), status: z.string() }));
export type History = z.infer<typeof history>;

/** What a release was before: the revision to go back to, none when it never ran, or that Helm thinks somebody is at it. */
export type Before = { revision: number } | 'nothing' | 'busy';

/** Every revision of a release that Helm knows, the oldest first; none when there is no such release. */
export async function historyOf(release: string, namespace: string): Promise<History> {
  try {
    return history.parse(JSON.parse(await run('helm', ['history', release, '-n', namespace, '-o', 'json'])));
  } catch (error) {
    if (error instanceof Refused && /release: not found/.test(error.told)) return [];
    throw error;
  }
}

/** Only one revision is `deployed` at a time; a failed upgrade leaves it so, and a killed one leaves itself `pending`. */
export function before(revisions: History): Before {
  if (revisions.at(-1)?.status.startsWith('pending-')) return 'busy';
  const running = revisions.findLast(({ status }) => status === 'deployed');
  return running ? { revision: running.revision } : 'nothing';
}
