import { errorMessage, TransientError } from '../errors';

/** PostgreSQL's error code (SQLSTATE) behind an error, wrapped by TypeORM or not. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}

/** Two transactions met; the same work may succeed when it is run again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '');

/** A row with this unique key exists already. */
export const isDuplicate = (error: unknown): boolean => sqlState(error) === '23505';

// Connection exceptions, invalid authorization, transaction rollback, insufficient resources, operator intervention (shutdown,
// time-outs), and what the server's own machine denies it (input and output).
const passingClasses = ['08', '28', '40', '53', '57', '58'];
// lock_not_available, idle_in_transaction_session_timeout, read_only_sql_transaction (a standby that is about to take over)
const passingStates = ['55P03', '25P03', '25006'];
// Who is kept out of the database is not asked what he wants: it takes no connections, is just being restored, or a right is gone.
const keptOut = ['55000', '3D000', '42501'];
// Also with what SQLite adds to them, such as SQLITE_IOERR_WRITE.
const passingSqlite = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|CANTOPEN)(_|$)/;
const networkCodes =
  /^E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOST(UNREACH|DOWN)|NET(UNREACH|DOWN)|MFILE|NFILE)$/;
// pg and its pool give these no code.
const connectionMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i;

/** A TransientError, or the database is away or busy: nothing is wrong with what was asked, and it may succeed later. */
export function isPassingFailure(error: unknown): boolean {
  if (error instanceof TransientError) return true;
  const state = sqlState(error);
  if (state !== undefined && [...passingStates, ...keptOut].includes(state)) return true;
  if (state !== undefined && (networkCodes.test(state) || passingSqlite.test(state))) return true;
  if (state?.length === 5 && passingClasses.includes(state.slice(0, 2))) return true;
  return connectionMessages.test(errorMessage(error));
}
