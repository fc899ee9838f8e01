import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from './call';

interface PagesOptions {
  /** Asked again every so often, all pages that are shown. */
  everySeconds?: number;
}

/**
 * A list with a cursor, page by page. `path` has its query without the cursor, and at least a `limit`. The answers may say more
 * than items: `data.pages`.
 */
export const usePages = <Answer extends { next: string | null }>(
  queryKey: unknown[],
  path: string,
  { everySeconds }: PagesOptions = {},
) =>
  useInfiniteQuery({
    queryKey: [...queryKey, path],
    queryFn: ({ pageParam, signal }) =>
      call<Answer>(pageParam === null ? path : `${path}&cursor=${encodeURIComponent(pageParam)}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    ...(everySeconds !== undefined && { refetchInterval: everySeconds * 1000, retry: false }),
  });
