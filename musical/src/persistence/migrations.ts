import { CREATE_IDEMPOTENCY_KEY } from '@outerpark/chassis/http/idempotency-store';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '@outerpark/chassis/messaging/migrations';
import { CreateOperatorAction1790000000005 } from '@outerpark/chassis/operators/migrations';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateMusicals1790000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE musical (
        id         uuid PRIMARY KEY,
        name       text NOT NULL,
        version    int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX musical_newest ON musical (created_at DESC, id DESC)`);
    await runner.query(`
      CREATE TABLE performance (
        id               uuid PRIMARY KEY,
        musical_id       uuid NOT NULL REFERENCES musical,
        starts_at        timestamptz NOT NULL,
        venue            text NOT NULL,
        max_per_customer int,
        place            smallint NOT NULL
      )`);
    await runner.query(`CREATE INDEX performance_of_musical ON performance (musical_id)`);
    await runner.query(`
      CREATE TABLE grade (
        id             uuid PRIMARY KEY,
        performance_id uuid NOT NULL REFERENCES performance,
        name           text NOT NULL,
        price          bigint NOT NULL CHECK (price >= 0),
        capacity       int NOT NULL,
        free           int NOT NULL CHECK (free >= 0 AND free <= capacity),
        place          smallint NOT NULL,
        UNIQUE (performance_id, name)
      ) WITH (fillfactor = 50)`);
    // A hold that has ended stays: it is the tombstone that refuses a hold which comes late.
    await runner.query(`
      CREATE TABLE hold (
        reservation_id uuid PRIMARY KEY,
        performance_id uuid REFERENCES performance,
        customer_id    text NOT NULL,
        lines          jsonb NOT NULL,
        state          text NOT NULL CHECK (state IN ('held', 'sold', 'released')),
        created_at     timestamptz NOT NULL,
        ended_at       timestamptz
      )`);
    await runner.query(`CREATE INDEX hold_live ON hold (performance_id) WHERE state <> 'released'`);
    await runner.query(`
      CREATE TABLE customer_seats (
        performance_id uuid NOT NULL REFERENCES performance,
        customer_id    text NOT NULL,
        seats          int NOT NULL CHECK (seats >= 0),
        PRIMARY KEY (performance_id, customer_id)
      )`);
    await runner.query(CREATE_IDEMPOTENCY_KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key, customer_seats, hold, grade, performance, musical');
  }
}

class IndexTombstones1790000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX hold_tombstone ON hold (created_at) WHERE performance_id IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX hold_tombstone');
  }
}

class IndexHeld1790000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX hold_held ON hold (created_at) WHERE state = 'held'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX hold_held');
  }
}

/** What is held of a performance is found without reading what is sold of it. */
class IndexHoldsByState1790000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET LOCAL statement_timeout = 0');
    await runner.query(`CREATE INDEX hold_of_performance ON hold (performance_id, state) WHERE state <> 'released'`);
    await runner.query('DROP INDEX hold_live');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX hold_live ON hold (performance_id) WHERE state <> 'released'`);
    await runner.query('DROP INDEX hold_of_performance');
  }
}

/** A room is a row that changes with each second of a rush, beside the performance, which does not; a pass is its customer's place. */
class CreateWaitingRooms1790000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE waiting_room (
        performance_id uuid PRIMARY KEY REFERENCES performance,
        mode           text NOT NULL CHECK (mode IN ('off', 'on', 'automatic')),
        open           boolean NOT NULL,
        start          int NOT NULL,
        admitted       int NOT NULL,
        joined         int NOT NULL,
        rate           float8 NOT NULL,
        credit         float8 NOT NULL,
        busy_at        timestamptz NOT NULL,
        measured_at    timestamptz NOT NULL,
        decided        int NOT NULL DEFAULT 0,
        late           int NOT NULL DEFAULT 0,
        CHECK (start <= admitted AND admitted <= joined)
      ) WITH (fillfactor = 50)`);
    await runner.query(`CREATE INDEX waiting_room_at_work ON waiting_room (measured_at) WHERE open OR decided > 0`);
    await runner.query(`
      CREATE TABLE waiting_pass (
        performance_id uuid NOT NULL REFERENCES performance,
        customer_id    text NOT NULL,
        position       int NOT NULL,
        joined_at      timestamptz NOT NULL,
        PRIMARY KEY (performance_id, customer_id),
        UNIQUE (performance_id, position)
      )`);
    await runner.query(`CREATE INDEX waiting_pass_joined_at ON waiting_pass (joined_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE waiting_pass, waiting_room');
  }
}

export const migrations = [
  CreateOutbox1790000000001,
  CreateInbox1790000000002,
  CreateRetention1790000000003,
  CreateOperatorAction1790000000005,
  CreateMusicals1790000000010,
  IndexTombstones1790000000011,
  IndexHeld1790000000012,
  IndexHoldsByState1790000000013,
  CreateWaitingRooms1790000000014,
];
