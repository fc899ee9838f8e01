import type { MigrationInterface, QueryRunner } from 'typeorm';

// Another schema is another fold version, which has a file of its own: this one is deleted, never taken back.
const noWayBack = (): Promise<void> => Promise.reject(new Error('delete the file instead'));

/** The chassis' inbox in SQLite's dialect: times are ISO 8601 text in UTC, so that text order is time order. */
class CreateInbox1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consumer_offset (
        topic        TEXT NOT NULL,
        partition    INTEGER NOT NULL,
        next_offset  INTEGER NOT NULL DEFAULT 0,
        applied_time TEXT,
        at_end_at    TEXT,
        PRIMARY KEY (topic, partition)
      ) WITHOUT ROWID`);
    await runner.query(`CREATE TABLE inbox (event_id TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID`);
    await runner.query(`
      CREATE TABLE dead_letter (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        topic       TEXT NOT NULL,
        partition   INTEGER NOT NULL,
        position    INTEGER NOT NULL,
        aggregate   TEXT NOT NULL,
        event_id    TEXT,
        type        TEXT,
        message     TEXT NOT NULL,
        reason      TEXT NOT NULL,
        queued      INTEGER NOT NULL,
        created_at  TEXT NOT NULL,
        resolved_at TEXT,
        resolution  TEXT
      )`);
    await runner.query(`CREATE INDEX dead_letter_open ON dead_letter (topic, aggregate, id) WHERE resolved_at IS NULL`);
    await runner.query(`CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
  }

  down = noWayBack;
}

/** What customers see. One table for each topic that says something of its own, and the timeline that all of them write. */
class CreateView1790000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reservation (
        id               TEXT PRIMARY KEY,
        version          INTEGER NOT NULL DEFAULT 0,
        status           TEXT,
        status_version   INTEGER NOT NULL DEFAULT 0,
        customer_id      TEXT,
        reserved_at      TEXT,
        musical_id       TEXT,
        musical          TEXT,
        performance_id   TEXT,
        starts_at        TEXT,
        venue            TEXT,
        lines            TEXT,
        seats            INTEGER,
        price            INTEGER,
        payment_deadline TEXT
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX reservation_of_customer ON reservation (customer_id, reserved_at, id)`);
    await runner.query(`
      CREATE TABLE payment (
        reservation_id TEXT PRIMARY KEY,
        version        INTEGER NOT NULL DEFAULT 0,
        status         TEXT NOT NULL DEFAULT 'requested',
        refunded       INTEGER NOT NULL DEFAULT 0,
        url            TEXT,
        reason         TEXT,
        deferred_until TEXT
      ) WITHOUT ROWID`);
    await runner.query(`
      CREATE TABLE notice (
        id             TEXT PRIMARY KEY,
        version        INTEGER NOT NULL,
        reservation_id TEXT NOT NULL,
        kind           TEXT NOT NULL,
        status         TEXT NOT NULL,
        at             TEXT NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX notice_of_reservation ON notice (reservation_id)`);
    await runner.query(`
      CREATE TABLE timeline (
        event_id       TEXT PRIMARY KEY,
        reservation_id TEXT NOT NULL,
        at             TEXT NOT NULL,
        type           TEXT NOT NULL,
        service        TEXT NOT NULL,
        version        INTEGER NOT NULL,
        correlation_id TEXT NOT NULL,
        detail         TEXT NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX timeline_of_reservation ON timeline (reservation_id)`);
    await runner.query(`CREATE INDEX timeline_of_request ON timeline (correlation_id, at, event_id)`);
  }

  down = noWayBack;
}

class CreateRetention1790000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE forgotten (what TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID');
    await runner.query('CREATE INDEX inbox_applied ON inbox (applied_at)');
  }

  down = noWayBack;
}

class AddExpectedAt1790000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment ADD COLUMN expected_at TEXT');
  }

  down = noWayBack;
}

/** What operators do in this replica, and by what its dead letters are grouped. */
class CreateOperatorAction1790000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operator_action (
        id       TEXT PRIMARY KEY,
        at       TEXT NOT NULL,
        operator TEXT NOT NULL,
        action   TEXT NOT NULL,
        kind     TEXT NOT NULL,
        subject  TEXT NOT NULL,
        reason   TEXT NOT NULL,
        outcome  TEXT NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX operator_action_newest ON operator_action (at, id)`);
    await runner.query(`ALTER TABLE dead_letter ADD COLUMN cause TEXT NOT NULL DEFAULT 'unknown'`);
  }

  down = noWayBack;
}

export const migrations = [
  CreateInbox1790000000001,
  CreateView1790000000002,
  CreateRetention1790000000003,
  AddExpectedAt1790000000004,
  CreateOperatorAction1790000000005,
];
