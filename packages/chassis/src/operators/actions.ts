import { randomUUID } from 'node:crypto';
import type { OperatorAction } from '@outerpark/contracts/http/operators';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';
import { errorMessage, ProblemError } from '../errors';
import { decodeCursor, encodeCursor, timeAndId } from '../http/paging';
import { isPassingFailure } from '../postgres/failures';
import type { Store, Tx } from '../postgres/store';

/** Who wants what done to what, and why. */
export type Act = Pick<OperatorAction, 'operator' | 'action' | 'kind' | 'subject' | 'reason'>;

/** Has the effect in this transaction and says in a few words what came of it; throws a problem to refuse. */
export type Effect = (tx: Tx, subject: string) => Promise<string>;

export interface ActionTools {
  store: Store;
  now: () => Date;
}

/**
 * Does what an operator wants and writes it down in the same transaction. What is refused or fails is written down too, in a
 * transaction of its own because the effect's is rolled back, and is thrown again.
 */
export async function perform({ store, now }: ActionTools, act: Act, effect: Effect): Promise<string> {
  try {
    return await store.transact(async (tx) => {
      const outcome = await effect(tx, act.subject);
      await writeAction(tx, act, outcome, now());
      return outcome;
    });
  } catch (error) {
    if (!isPassingFailure(error)) {
      const how = error instanceof ProblemError ? 'refused' : 'failed';
      await writeAction(store, act, `${how}: ${errorMessage(error)}`, now());
    }
    throw error;
  }
}

/** The audit trail is only ever added to. */
async function writeAction(tx: Pick<Tx, 'query'>, act: Act, outcome: string, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO operator_action (id, at, operator, action, kind, subject, reason, outcome)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [randomUUID(), at.toISOString(), act.operator, act.action, act.kind, act.subject, act.reason, outcome],
  );
}

type Row = Omit<OperatorAction, 'service' | 'at'> & { at: Date | string };

/** What operators did here, newest first. */
export async function listActions(
  store: Pick<Store, 'query'>,
  service: string,
  { limit, cursor }: PageQuery,
): Promise<Page<OperatorAction>> {
  const [at, id] = cursor === undefined ? ['9999-12-31T23:59:59.999Z', LAST_ID] : decodeCursor(cursor, timeAndId);
  const rows = await store.query<Row>(
    `SELECT id, at, operator, action, kind, subject, reason, outcome FROM operator_action
     WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3`,
    [at, id, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => ({ service, ...row, at: new Date(row.at).toISOString() }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodeCursor([last.at, last.id]) : null };
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
