import { CREATE_IDEMPOTENCY_KEY } from '@outerpark/chassis/http/idempotency-store';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '@outerpark/chassis/messaging/migrations';
import { CreateOperatorAction1790000000005 } from '@outerpark/chassis/operators/migrations';
import type { MigrationInterface, QueryRunner } from 'typeorm';

class CreateNotices1790000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contact (
        customer_id text PRIMARY KEY,
        email       text NOT NULL,
        name        text,
        locale      text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE booking (
        reservation_id   uuid PRIMARY KEY,
        musical          text NOT NULL,
        starts_at        timestamptz NOT NULL,
        venue            text NOT NULL,
        lines            jsonb NOT NULL,
        price            bigint NOT NULL,
        payment_deadline timestamptz NOT NULL
      )`);
    // The latest deferral of a payment; `extended` says that it followed upon another one, without any other event between.
    await runner.query(`
      CREATE TABLE deferral (
        reservation_id   uuid PRIMARY KEY,
        version          int NOT NULL,
        extended         boolean NOT NULL DEFAULT false,
        payment_deadline timestamptz NOT NULL
      )`);
    // `claims` counts for good and fences a worker that was frozen; `tries` begins anew with a resend; `events` is the version.
    await runner.query(`
      CREATE TABLE notice (
        id             uuid PRIMARY KEY,
        reservation_id uuid NOT NULL,
        customer_id    text NOT NULL,
        kind           text NOT NULL,
        version        int NOT NULL,
        detail         jsonb NOT NULL,
        status         text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed')),
        created_at     timestamptz NOT NULL,
        next_try_at    timestamptz NOT NULL,
        give_up_at     timestamptz NOT NULL,
        tries          int NOT NULL DEFAULT 0,
        claims         int NOT NULL DEFAULT 0,
        events         int NOT NULL DEFAULT 0,
        correlation_id text NOT NULL,
        traceparent    text NOT NULL,
        UNIQUE (reservation_id, kind, version)
      )`);
    await runner.query(`CREATE INDEX notice_due ON notice (next_try_at) WHERE status = 'pending'`);
    await runner.query(`CREATE INDEX notice_newest ON notice (created_at DESC, id DESC)`);
    await runner.query(`CREATE INDEX notice_of_customer ON notice (customer_id, created_at DESC, id DESC)`);
    await runner.query(`
      CREATE TABLE delivery (
        id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        notice_id uuid NOT NULL REFERENCES notice,
        at        timestamptz NOT NULL,
        channel   text NOT NULL,
        outcome   text NOT NULL CHECK (outcome IN ('sent', 'failed')),
        error     text
      )`);
    await runner.query(`CREATE INDEX delivery_of_notice ON delivery (notice_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery, notice, deferral, booking, contact');
  }
}

class IndexDeliveries1790000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX delivery_at ON delivery (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX delivery_at');
  }
}

/** The keys of operators' writes, and the notices that were given up. */
class KeepKeys1790000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_IDEMPOTENCY_KEY);
    await runner.query(`CREATE INDEX notice_failed ON notice (give_up_at) WHERE status = 'failed'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX notice_failed');
    await runner.query('DROP TABLE idempotency_key');
  }
}

/** A notice has its own delivery by each channel, and customers choose the channels. */
class AddChannels1790000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE preference (
        customer_id text PRIMARY KEY,
        language    text NOT NULL CHECK (language IN ('ko', 'en')),
        email       boolean NOT NULL,
        chat        boolean NOT NULL
      )`);
    // `skipped`: the customer has switched the channel off.
    await runner.query(`
      ALTER TABLE notice
        ADD COLUMN channel text NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'chat', 'mypage')),
        DROP CONSTRAINT notice_status_check,
        ADD CONSTRAINT notice_status_check CHECK (status IN ('pending', 'sent', 'failed', 'skipped')),
        DROP CONSTRAINT notice_reservation_id_kind_version_key,
        ADD CONSTRAINT notice_once UNIQUE (reservation_id, kind, version, channel)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM delivery WHERE notice_id IN (SELECT id FROM notice WHERE channel <> 'email')`);
    await runner.query(`DELETE FROM notice WHERE channel <> 'email'`);
    await runner.query(`UPDATE notice SET status = 'sent' WHERE status = 'skipped'`);
    await runner.query(`
      ALTER TABLE notice
        DROP CONSTRAINT notice_once,
        ADD CONSTRAINT notice_reservation_id_kind_version_key UNIQUE (reservation_id, kind, version),
        DROP CONSTRAINT notice_status_check,
        ADD CONSTRAINT notice_status_check CHECK (status IN ('pending', 'sent', 'failed')),
        DROP COLUMN channel`);
    await runner.query('DROP TABLE preference');
  }
}

export const migrations = [
  CreateOutbox1790000000001,
  CreateInbox1790000000002,
  CreateRetention1790000000003,
  CreateOperatorAction1790000000005,
  CreateNotices1790000000010,
  IndexDeliveries1790000000011,
  KeepKeys1790000000012,
  AddChannels1790000000013,
];
