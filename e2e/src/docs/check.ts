import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { breakingChanges } from './breaking';
import { staleDocuments } from './stale';

/** Says whether the documents in docs/ are those of the code, and what they break; the exit code is 1 when something is wrong. */
async function check(revision?: string): Promise<boolean> {
  const stale = staleDocuments();
  for (const path of stale) console.log(`FAILED  ${path} is not what the code says: npm run docs`);
  if (stale.length > 0) return false;
  console.log('ok      docs/openapi.json and docs/asyncapi.yaml say what the code says');

  const comparisons = await breakingChanges(revision);
  for (const { base, breaks, told } of comparisons) {
    if (told) console.log(told);
    console.log(
      breaks
        ? `FAILED  the API breaks what it was at ${base}: undo it, or write each break that is meant into docs/api-breaks.md`
        : `ok      the API breaks nothing of what it was at ${base}`,
    );
  }
  if (comparisons.length === 0) console.log('ok      there is no earlier document to compare the API with');
  return comparisons.every(({ breaks }) => !breaks);
}

check(process.argv[2]).then(
  (ok) => {
    process.exitCode = ok ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exitCode = 1;
  },
);
