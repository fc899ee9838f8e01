import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';

/** The newest musicals, for choosing one of them. */
export const useMusicals = () =>
  useQuery({
    queryKey: ['admin', 'musicals', 'choice'],
    queryFn: ({ signal }) => call<Page<Musical>>('/api/musicals?limit=200', { signal }),
    staleTime: 60_000,
  }).data?.items ?? [];
