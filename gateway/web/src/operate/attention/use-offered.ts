import type { AttentionItem } from '@outerpark/contracts/http/operators';
import type { Page } from '@outerpark/contracts/http/paging';
import type { AdminReservation } from '@outerpark/contracts/http/reservations';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';

/** What the API refuses as long as the reservation is live. */
const LETS_GO = ['release', 'refund'];

/** Those of an item's actions that can be carried out now; `live` when some are left out because somebody has the reservation. */
export const useOffered = ({ subject, actions }: AttentionItem): { offered: string[]; live: boolean } => {
  const asked = actions.some((action) => LETS_GO.includes(action));
  const reservation = useQuery({
    queryKey: ['operate', 'attention', 'reservation', subject],
    // As a list: that there is no such reservation is an answer too.
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ q: subject, limit: '1' });
      const { items } = await call<Page<AdminReservation>>(`/api/admin/reservations?${query.toString()}`, { signal });
      return items.find(({ id }) => id === subject)?.status ?? 'none';
    },
    enabled: asked,
  });
  const live = reservation.data === 'awaiting_payment' || reservation.data === 'confirmed';
  const unsure = asked && reservation.isPending;
  return { offered: actions.filter((action) => !LETS_GO.includes(action) || !(live || unsure)), live };
};
