import { useQueryClient } from '@tanstack/react-query';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { useCallback, useEffect, useReducer, useState } from 'react';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Page } from '@outerpark/contracts/http/paging';
import { callForAnswer } from '../../api/call';
import { signInEnded } from '../../api/query-client';
import { followMyPage } from './follow';
import { learn, NOTHING_KNOWN, type Known } from './live';

export interface LiveMyPage extends Known {
  /** Of the first reading, as long as there is nothing to show. */
  error: unknown;
  /** Tells what the API answered to an action, before the stream does. */
  patch: (reservation: Reservation) => void;
  /** Reads the next older page. Throws `CallFailed`. */
  loadOlder: () => Promise<void>;
  retry: () => void;
}

/** The customer's reservations, kept up to date while the page is looked at. */
export const useLiveMyPage = (): LiveMyPage => {
  const [known, tell] = useReducer(learn, NOTHING_KNOWN);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  const queries = useQueryClient();

  useEffect(() => {
    const failed = (cause: unknown) => {
      setError(cause);
      signInEnded(queries, cause);
    };
    return followMyPage(tell, failed);
  }, [queries, attempt]);

  const patch = useCallback((reservation: Reservation) => tell({ type: 'answered', reservation }), []);
  const loadOlder = async () => {
    const { body } = await callForAnswer<Page<MyPageItem>>(
      `/api/mypage?cursor=${encodeURIComponent(known.next ?? '')}`,
    );
    tell({ type: 'older', ...body });
  };
  const retry = useCallback(() => {
    setError(null);
    setAttempt((attempts) => attempts + 1);
  }, []);
  return { ...known, error, patch, loadOlder, retry };
};
