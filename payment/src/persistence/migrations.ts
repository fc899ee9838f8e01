import { CREATE_IDEMPOTENCY_KEY } from '@outerpark/chassis/http/idempotency-store';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '@outerpark/chassis/messaging/migrations';
import { CreateOperatorAction1790000000005 } from '@outerpark/chassis/operators/migrations';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreatePayments1790000000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment (
        reservation_id      uuid PRIMARY KEY,
        customer_id         text NOT NULL,
        price               bigint NOT NULL CHECK (price >= 0),
        ended               text CHECK (ended IN ('cancelled', 'expired')),
        wanted              bigint NOT NULL GENERATED ALWAYS AS (CASE WHEN ended IS NULL THEN price ELSE 0 END) STORED,
        reservation_version int NOT NULL,
        version             int NOT NULL,
        status              text NOT NULL CHECK (status IN
          ('requested', 'action_required', 'deferred', 'declined', 'approved', 'cancelled')),
        tries_wanted        int NOT NULL,
        asked_at            timestamptz NOT NULL,
        deadline            timestamptz NOT NULL,
        starts_at           timestamptz NOT NULL,
        created_at          timestamptz NOT NULL,
        deferred_since      timestamptz,
        url                 text,
        next_attempt_at     timestamptz,
        parked_until        timestamptz,
        failures            int NOT NULL,
        last_error          text,
        updated_at          timestamptz NOT NULL,
        lease               uuid,
        lease_until         timestamptz,
        correlation_id      text NOT NULL,
        traceparent         text NOT NULL
      ) WITH (fillfactor = 70)`);
    // The worker's queue, the customer's list, and what the metrics count.
    await runner.query(`CREATE INDEX payment_due ON payment (next_attempt_at) WHERE next_attempt_at IS NOT NULL`);
    await runner.query(`CREATE INDEX payment_newest ON payment (created_at DESC, reservation_id DESC)`);
    await runner.query(
      `CREATE INDEX payment_of_customer ON payment (customer_id, created_at DESC, reservation_id DESC)`,
    );
    await runner.query(`CREATE INDEX payment_live ON payment (status) WHERE status NOT IN ('approved', 'cancelled')`);

    await runner.query(`
      CREATE TABLE attempt (
        id             uuid PRIMARY KEY,
        reservation_id uuid NOT NULL REFERENCES payment,
        kind           text NOT NULL CHECK (kind IN ('charge', 'refund')),
        amount         bigint NOT NULL CHECK (amount > 0),
        state          text NOT NULL,
        reason         text,
        url            text,
        created_at     timestamptz NOT NULL,
        settled_at     timestamptz,
        CHECK (state IN ('open', 'action_required', 'captured', 'declined', 'cancelled') OR kind = 'refund'),
        CHECK (state IN ('open', 'refunded') OR kind = 'charge')
      ) WITH (fillfactor = 70)`);
    await runner.query(`CREATE INDEX attempt_of_payment ON attempt (reservation_id)`);
    // Never two charges that may succeed, nor a second one beside a captured one; and one refund.
    await runner.query(`
      CREATE UNIQUE INDEX attempt_one_charge ON attempt (reservation_id)
      WHERE kind = 'charge' AND state IN ('open', 'action_required', 'captured')`);
    await runner.query(`CREATE UNIQUE INDEX attempt_one_refund ON attempt (reservation_id) WHERE kind = 'refund'`);

    await runner.query(`
      CREATE TABLE ledger (
        id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        reservation_id uuid NOT NULL REFERENCES payment,
        attempt_id     uuid NOT NULL UNIQUE REFERENCES attempt,
        kind           text NOT NULL CHECK (kind IN ('captured', 'refunded')),
        amount         bigint NOT NULL CHECK (amount > 0),
        at             timestamptz NOT NULL,
        UNIQUE (reservation_id, kind)
      )`);
    await runner.query(`
      CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the ledger is append-only';
      END $$`);
    await runner.query(`
      CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ledger, attempt, payment');
    await runner.query('DROP FUNCTION ledger_is_append_only');
  }
}

class CreateWebhooks1790000000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook (
        provider    text NOT NULL,
        id          text NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (provider, id)
      )`);
    await runner.query(`CREATE INDEX webhook_oldest ON webhook (received_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook');
  }
}

/** What the customer and the operators are told of a payment that takes longer. */
class AddExpectations1790000000032 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment ADD expected_at timestamptz, ADD failing_since timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment DROP expected_at, DROP failing_since');
  }
}

/** Since when nothing is wanted any more, and the keys of operators' writes. */
class AddEndedAt1790000000033 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE payment ADD COLUMN ended_at timestamptz`);
    await runner.query(
      `CREATE INDEX payment_winding_up ON payment (reservation_id) WHERE ended IS NOT NULL AND status <> 'cancelled'`,
    );
    await runner.query(CREATE_IDEMPOTENCY_KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key');
    await runner.query('DROP INDEX payment_winding_up');
    await runner.query('ALTER TABLE payment DROP COLUMN ended_at');
  }
}

export const migrations = [
  CreateOutbox1790000000001,
  CreateInbox1790000000002,
  CreateRetention1790000000003,
  CreateOperatorAction1790000000005,
  CreatePayments1790000000030,
  CreateWebhooks1790000000031,
  AddExpectations1790000000032,
  AddEndedAt1790000000033,
];
