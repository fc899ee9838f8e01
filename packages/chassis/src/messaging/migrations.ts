import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_FORGOTTEN } from '../retention';

/** How many parts the outbox is divided into; each has one relay at a time. */
export const SEGMENTS = 16;

/** Outbox and leases of its relay, in every service that publishes. */
export class CreateOutbox1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id     uuid NOT NULL UNIQUE,
        topic        text NOT NULL,
        subject      text NOT NULL,
        version      int,
        segment      smallint NOT NULL,
        headers      jsonb NOT NULL,
        body         text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        published_at timestamptz,
        UNIQUE (topic, subject, version)
      )`);
    // In the order of sending, whoever owns which segments: a backlog of hours is not sorted again for every batch.
    await runner.query(`CREATE INDEX outbox_unpublished ON outbox (seq, segment) WHERE published_at IS NULL`);
    await runner.query(`
      CREATE TABLE relay_lease (
        segment smallint PRIMARY KEY,
        owner   uuid,
        until   timestamptz NOT NULL DEFAULT '-infinity'
      )`);
    await runner.query(`INSERT INTO relay_lease (segment) SELECT generate_series(0, ${SEGMENTS - 1})`);
    await runner.query(`CREATE TABLE relay_member (owner uuid PRIMARY KEY, until timestamptz NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE relay_member, relay_lease, outbox');
  }
}

/** Offsets, applied event ids and dead letters, in every service that consumes. */
export class CreateInbox1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consumer_offset (
        topic        text NOT NULL,
        partition    smallint NOT NULL,
        next_offset  bigint NOT NULL DEFAULT 0,
        applied_time timestamptz,
        at_end_at    timestamptz,
        PRIMARY KEY (topic, partition)
      ) WITH (fillfactor = 50)`);
    await runner.query(`CREATE TABLE inbox (event_id text PRIMARY KEY, applied_at timestamptz NOT NULL)`);
    await runner.query(`
      CREATE TABLE dead_letter (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic       text NOT NULL,
        partition   smallint NOT NULL,
        position    bigint NOT NULL,
        aggregate   text NOT NULL,
        event_id    text,
        type        text,
        message     text NOT NULL,
        reason      text NOT NULL,
        queued      boolean NOT NULL,
        created_at  timestamptz NOT NULL,
        resolved_at timestamptz,
        resolution  text
      )`);
    await runner.query(`CREATE INDEX dead_letter_open ON dead_letter (topic, aggregate, id) WHERE resolved_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letter, inbox, consumer_offset');
  }
}

/** What is forgotten, and up to where the audit has found the outbox in Kafka: in every service with an outbox and an inbox. */
export class CreateRetention1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_FORGOTTEN);
    // One row at most, written by the audit only.
    await runner.query(`
      CREATE TABLE outbox_checkpoint (
        one   boolean PRIMARY KEY DEFAULT TRUE CHECK (one),
        seq   bigint NOT NULL,
        as_of timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL`);
    await runner.query(`CREATE INDEX inbox_applied ON inbox (applied_at)`);
    await runner.query(`CREATE INDEX dead_letter_resolved ON dead_letter (resolved_at) WHERE resolved_at IS NOT NULL`);
    // Rows come and go here like in a queue: dead ones are to be reused after some thousand, not after a fifth of a week's.
    for (const table of ['outbox', 'inbox']) {
      await runner.query(`
        ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
          autovacuum_analyze_scale_factor = 0.02)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'inbox']) {
      await runner.query(`
        ALTER TABLE ${table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
          autovacuum_analyze_scale_factor)`);
    }
    await runner.query('DROP INDEX dead_letter_resolved, inbox_applied, outbox_published');
    await runner.query('DROP TABLE outbox_checkpoint, forgotten');
  }
}
