import { CREATE_IDEMPOTENCY_KEY } from '@outerpark/chassis/http/idempotency-store';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '@outerpark/chassis/messaging/migrations';
import { CreateOperatorAction1790000000005 } from '@outerpark/chassis/operators/migrations';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateReservations1790000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The intent is the idempotency row of its request too: one row, one commit, before anything is held.
    await runner.query(`
      CREATE TABLE intent (
        reservation_id uuid PRIMARY KEY,
        customer_id    text NOT NULL,
        key            text,
        fingerprint    text NOT NULL,
        attempt        int NOT NULL DEFAULT 1,
        state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'reserved', 'refused', 'abandoned')),
        status         smallint,
        body           json,
        correlation_id text NOT NULL,
        traceparent    text NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT now(),
        claimed_at     timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX intent_key ON intent (customer_id, key) WHERE key IS NOT NULL`);
    await runner.query(`CREATE INDEX intent_open ON intent (claimed_at) WHERE state = 'open'`);
    await runner.query(`
      CREATE TABLE reservation (
        id                   uuid PRIMARY KEY REFERENCES intent,
        customer_id          text NOT NULL,
        musical_id           uuid NOT NULL,
        musical              text NOT NULL,
        performance_id       uuid NOT NULL,
        starts_at            timestamptz NOT NULL,
        venue                text NOT NULL,
        lines                jsonb NOT NULL,
        seats                int NOT NULL,
        price                bigint NOT NULL,
        status               text NOT NULL CHECK (status IN ('awaiting_payment', 'confirmed', 'cancelled', 'expired')),
        payment_deadline     timestamptz NOT NULL,
        version              int NOT NULL,
        created_at           timestamptz NOT NULL,
        correlation_id       text NOT NULL,
        traceparent          text NOT NULL,
        ended_at             timestamptz,
        seats_released_at    timestamptz,
        payment_cancelled_at timestamptz
      )`);
    await runner.query(
      `CREATE INDEX reservation_due ON reservation (payment_deadline) WHERE status = 'awaiting_payment'`,
    );
    await runner.query(`
      CREATE INDEX reservation_saga_open ON reservation (ended_at)
      WHERE ended_at IS NOT NULL AND (seats_released_at IS NULL OR payment_cancelled_at IS NULL)`);
    await runner.query(`
      CREATE TABLE contact (
        customer_id text PRIMARY KEY,
        email       text NOT NULL,
        name        text,
        locale      text NOT NULL
      )`);
    await runner.query(CREATE_IDEMPOTENCY_KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key, contact, reservation, intent');
  }
}

/** Closed intents are forgotten; the transaction that stores a reservation sees to it that its intent was open. */
class ForgetIntents1790000000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reservation DROP CONSTRAINT reservation_id_fkey`);
    await runner.query(`CREATE INDEX intent_closed ON intent (created_at) WHERE state <> 'open'`);
    await runner.query(
      `ALTER TABLE intent SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE intent RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)`);
    await runner.query(`DROP INDEX intent_closed`);
    await runner.query(`ALTER TABLE reservation ADD FOREIGN KEY (id) REFERENCES intent NOT VALID`);
  }
}

/**
 * What admins look at, each by an index: sales by the time of their making and of their end, lists by whom or what they are of.
 * When earlier ones were confirmed their event tells; where it is gone, what is confirmed counts as of its reserving, and of what was
 * cancelled nobody knows any more whether it had been a sale.
 */
class ServeAdmins1790000000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query(`ALTER TABLE reservation ADD COLUMN confirmed_at timestamptz`);
    await runner.query(`
      UPDATE reservation r SET confirmed_at = known.at FROM (
        SELECT id, coalesce(
          (SELECT (o.headers->>'ce_time')::timestamptz FROM outbox o
           WHERE o.topic = 'reservation.events' AND o.subject = reservation.id::text
             AND o.headers->>'ce_type' = 'ReservationConfirmed' LIMIT 1),
          CASE WHEN status = 'confirmed' THEN created_at END) AS at
        FROM reservation WHERE status IN ('confirmed', 'cancelled')
      ) known WHERE known.id = r.id AND known.at IS NOT NULL`);
    await runner.query(`CREATE INDEX reservation_by_status ON reservation (status, created_at DESC, id DESC)`);
    await runner.query(`CREATE INDEX reservation_of_customer ON reservation (customer_id, created_at DESC, id DESC)`);
    await runner.query(
      `CREATE INDEX reservation_of_musical ON reservation (musical_id, status, created_at DESC, id DESC)`,
    );
    await runner.query(
      `CREATE INDEX reservation_of_performance ON reservation (performance_id, status, created_at DESC, id DESC)`,
    );
    await runner.query(`
      CREATE INDEX reservation_sold ON reservation (confirmed_at) INCLUDE (musical_id, performance_id, seats, price)
      WHERE confirmed_at IS NOT NULL`);
    await runner.query(`
      CREATE INDEX reservation_returned ON reservation (ended_at) INCLUDE (musical_id, performance_id, seats, price)
      WHERE status = 'cancelled' AND confirmed_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX reservation_by_status, reservation_of_customer, reservation_of_musical,
      reservation_of_performance`);
    // Its indexes go with it.
    await runner.query(`ALTER TABLE reservation DROP COLUMN confirmed_at`);
  }
}

export const migrations = [
  CreateOutbox1790000000001,
  CreateInbox1790000000002,
  CreateRetention1790000000003,
  CreateOperatorAction1790000000005,
  CreateReservations1790000000020,
  ForgetIntents1790000000021,
  ServeAdmins1790000000022,
];
