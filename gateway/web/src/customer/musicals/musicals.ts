import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { call } from '../../api/call';

/** Free seats are asked for again so often, in milliseconds, while the page is looked at. */
const POLL_MS = 3000;
/** The same while a waiting room is open: then very many look, and few of them may reserve. */
const RARELY_MS = 15_000;

const pause = (musicals: Musical[] = []): number =>
  musicals.some(({ performances }) => performances.some(({ waitingRoom }) => waitingRoom)) ? RARELY_MS : POLL_MS;

export const useMusicals = () =>
  useInfiniteQuery({
    queryKey: ['musicals'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Musical>>(`/api/musicals?limit=24${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => pause(state.data?.pages.flatMap(({ items }) => items)),
    placeholderData: keepPreviousData,
  });

export const useMusical = (id: string) =>
  useQuery({
    queryKey: ['musicals', id],
    queryFn: ({ signal }) => call<Musical>(`/api/musicals/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => pause(state.data && [state.data]),
  });
