import { z } from 'zod';
import { noticeKind } from '../notification-events';
import { EXAMPLE } from './examples';
import { moment } from '../values';

/** An item of `GET /api/notifications`, with its delivery log. */
export const notice = z
  .object({
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
  })
  .meta({
    id: 'Notice',
    examples: [
      {
        id: EXAMPLE.noticeId,
        reservationId: EXAMPLE.reservationId,
        kind: 'confirmed',
        status: 'sent',
        createdAt: '2026-11-23T10:06:09.618Z',
        deliveries: [{ at: '2026-11-23T10:06:09.942Z', channel: 'email', outcome: 'sent', error: null }],
      },
    ],
  });
export type Notice = z.infer<typeof notice>;
