import type { Witness } from '@outerpark/chassis/messaging/witness';

/** Each reservation had its hold before it was told: holds have no event of their own. */
export const holdsOfReservations: Witness = {
  topic: 'reservation.events',
  idOf: ({ headers, key }) =>
    headers.ce_type === 'SeatsReserved' && headers.ce_source === 'outerpark/reservation' ? key : undefined,
  known: 'SELECT reservation_id::text AS id FROM hold WHERE reservation_id = ANY($1::uuid[])',
};
