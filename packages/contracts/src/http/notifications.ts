import { z } from 'zod';
import { noticeKind } from '../notification-events';
import { moment } from '../values';

/** An item of `GET /api/notifications`, with its delivery log. */
export const notice = z.object({
  id: z.uuid(),
  reservationId: z.uuid(),
  kind: noticeKind,
  status: z.enum(['pending', 'sent', 'failed']),
  createdAt: moment,
  deliveries: z.array(
    z.object({
      at: moment,
      channel: z.enum(['email']),
      outcome: z.enum(['sent', 'failed']),
      error: z.string().nullable(),
    }),
  ),
});
export type Notice = z.infer<typeof notice>;
