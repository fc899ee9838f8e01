import { EntitySchema } from 'typeorm';
import type { Reservation } from '../domain/reservation';

/** The reservation as it is stored: with the customer's trace, and what the watch over its cancel saga needs. */
export interface ReservationRow extends Reservation {
  correlationId: string;
  traceparent: string;
  confirmedAt: Date | null;
  endedAt: Date | null;
  seatsReleasedAt: Date | null;
  paymentCancelledAt: Date | null;
}

export const ReservationEntity = new EntitySchema<ReservationRow>({
  name: 'reservation',
  columns: {
    id: { type: 'uuid', primary: true },
    customerId: { type: 'text', name: 'customer_id' },
    musicalId: { type: 'uuid', name: 'musical_id' },
    musical: { type: 'text' },
    performanceId: { type: 'uuid', name: 'performance_id' },
    startsAt: { type: 'timestamptz', name: 'starts_at' },
    venue: { type: 'text' },
    lines: { type: 'jsonb' },
    seats: { type: 'int' },
    price: { type: 'bigint' },
    status: { type: 'text' },
    paymentDeadline: { type: 'timestamptz', name: 'payment_deadline' },
    version: { type: 'int' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    correlationId: { type: 'text', name: 'correlation_id' },
    traceparent: { type: 'text' },
    confirmedAt: { type: 'timestamptz', name: 'confirmed_at', nullable: true },
    endedAt: { type: 'timestamptz', name: 'ended_at', nullable: true },
    seatsReleasedAt: { type: 'timestamptz', name: 'seats_released_at', nullable: true },
    paymentCancelledAt: { type: 'timestamptz', name: 'payment_cancelled_at', nullable: true },
  },
});

/** Property -> column, for statements that go past the entity manager. */
export const COLUMNS = Object.entries(ReservationEntity.options.columns).map(
  ([property, column]) => [property as keyof ReservationRow, column?.name ?? property] as const,
);
