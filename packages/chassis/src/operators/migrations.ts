import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators do in a service, and by what its dead letters are grouped. */
export class CreateOperatorAction1790000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operator_action (
        id       uuid PRIMARY KEY,
        at       timestamptz NOT NULL,
        operator text NOT NULL,
        action   text NOT NULL,
        kind     text NOT NULL,
        subject  text NOT NULL,
        reason   text NOT NULL,
        outcome  text NOT NULL
      )`);
    await runner.query(`CREATE INDEX operator_action_newest ON operator_action (at DESC, id DESC)`);
    await runner.query(`ALTER TABLE dead_letter ADD COLUMN cause text NOT NULL DEFAULT 'unknown'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dead_letter DROP COLUMN cause');
    await runner.query('DROP TABLE operator_action');
  }
}
