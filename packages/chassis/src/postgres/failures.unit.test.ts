import { PermanentError, TransientError } from '../errors';
import { isConflict, isDuplicate, isPassingFailure, sqlState } from './failures';

const withCode = (code: string) => Object.assign(new Error(`code ${code}`), { code });
/** As TypeORM wraps it. */
const wrapped = (code: string) => Object.assign(new Error('query failed'), { driverError: withCode(code) });

test.each([
  ['57P01', 'shut down by the administrator'],
  ['57014', 'statement timeout'],
  ['08006', 'connection failure'],
  ['53300', 'too many connections'],
  ['53100', 'disk full'],
  ['40P01', 'deadlock'],
  ['40001', 'serialization failure'],
  ['55P03', 'lock not available'],
  ['25P03', 'idle in transaction'],
  ['ECONNREFUSED', 'nobody listens'],
  ['ENETUNREACH', 'no way there'],
  ['EMFILE', 'no more open files'],
  ['ENOTFOUND', 'no such name'],
  ['EAI_AGAIN', 'no name server'],
  ['58030', 'input or output error of the server'],
  ['25006', 'a standby that is about to take over'],
  ['28000', 'the role may not log in'],
  ['28P01', 'the password was changed'],
  ['55000', 'the database takes no connections'],
  ['3D000', 'the database is being restored'],
  ['42501', 'a right was taken away'],
  ['SQLITE_BUSY', 'another writer'],
  ['SQLITE_BUSY_SNAPSHOT', 'another writer was quicker'],
  ['SQLITE_IOERR_WRITE', 'the disk'],
  ['SQLITE_FULL', 'no space'],
])('%s (%s) may pass, wrapped or not', (code) => {
  expect(isPassingFailure(withCode(code))).toBe(true);
  expect(isPassingFailure(wrapped(code))).toBe(true);
});

test.each(['23505', '23514', '22P02', '42703', '25P02', 'SQLITE_CONSTRAINT', 'SQLITE_FULLER'])(
  '%s never passes by itself',
  (code) => {
    expect(isPassingFailure(withCode(code))).toBe(false);
    expect(isPassingFailure(wrapped(code))).toBe(false);
  },
);

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])('pg says without a code: %s', (message) => {
  expect(isPassingFailure(new Error(message))).toBe(true);
});

test('who throws knows best', () => {
  expect(isPassingFailure(new TransientError('soon'))).toBe(true);
  expect(isPassingFailure(new PermanentError('never'))).toBe(false);
});

test.each([undefined, null, 'text', 42, {}, new Error('anything')])('%p is taken for no passing failure', (error) => {
  expect(isPassingFailure(error)).toBe(false);
  expect(sqlState(error)).toBeUndefined();
});

test('conflicts are run again, duplicates are not', () => {
  expect(['40001', '40P01', '23505'].map((code) => isConflict(wrapped(code)))).toEqual([true, true, false]);
  expect(['40001', '23505'].map((code) => isDuplicate(wrapped(code)))).toEqual([false, true]);
});
