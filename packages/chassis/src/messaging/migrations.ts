import type { MigrationInterface, QueryRunner } from 'typeorm';

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
