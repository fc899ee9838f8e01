import { useQueryClient } from '@tanstack/react-query';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useEffect, useReducer, type Dispatch } from 'react';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import { signInEnded } from '../../api/query-client';
import { present } from '../../format/present';
import type { Performance } from '../musicals/offer';
import { advance, START, type Action, type Attempt } from './attempt';
import { keepAttempt, keptAttempt } from './attempt-store';
import { linesOf } from './choice';

/** The attempt of this tab at one performance: kept before it is sent, sent when it says so, sent again when its time has come. */
export const useAttempt = (
  { id, grades }: Performance,
  customerId: string | null,
): [attempt: Attempt, dispatch: Dispatch<Action>] => {
  const [attempt, dispatch] = useReducer(advance, id, keptAttempt);
  const queries = useQueryClient();

  useEffect(() => keepAttempt(id, attempt), [id, attempt]);

  useEffect(() => {
    if (attempt.step !== 'sending' || attempt.owner !== customerId) return;
    let current = true;
    const tell = (action: Action) => current && dispatch(action);
    const body = { performanceId: id, lines: linesOf(attempt.choice, grades) };
    // Never aborted: a booking that was sent is to be heard of.
    call<Reservation>('/api/reservations', { method: 'POST', body, key: attempt.key }).then(
      (reservation) => tell({ type: 'answered', reservation }),
      (error: unknown) => {
        signInEnded(queries, error);
        tell({ type: 'failed', failure: failureIn(error), now: present() });
      },
    );
    return () => {
      current = false;
    };
    // The grades are read anew every few seconds; their names and order are those of the choice.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, attempt, customerId, queries]);

  useEffect(() => {
    if (attempt.step !== 'waiting') return;
    const timer = setTimeout(() => dispatch({ type: 'again' }), Math.max(0, attempt.until - present()));
    return () => clearTimeout(timer);
  }, [attempt]);

  // What somebody else left in this tab is not shown.
  const foreign = 'owner' in attempt && customerId !== null && attempt.owner !== customerId;
  useEffect(() => {
    if (foreign) dispatch({ type: 'restart' });
  }, [foreign]);
  return [foreign ? START : attempt, dispatch];
};
