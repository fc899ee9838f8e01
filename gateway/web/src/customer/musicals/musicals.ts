import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { call } from '../../api/call';

/** Free seats are asked for again so often, in milliseconds, while the page is looked at. */
const POLL_MS = 3000;

export const useMusicals = () =>
  useInfiniteQuery({
    queryKey: ['musicals'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Musical>>(`/api/musicals?limit=24${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });

export const useMusical = (id: string) =>
  useQuery({
    queryKey: ['musicals', id],
    queryFn: ({ signal }) => call<Musical>(`/api/musicals/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: POLL_MS,
  });
