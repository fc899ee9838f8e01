import { migrateDatabase, type Migrations } from '../postgres/database';
import { waitFor } from '../waiting';
import { readMigrateConfig } from './config';
import { runProgram } from './run-program';

/** The whole of a service's migrate.ts: waits for the database, migrates it (one process at a time) and ends. */
export const runMigrations = (service: string, migrations: Migrations): Promise<void> =>
  runProgram(`${service} migrations`, readMigrateConfig, async (config, { logger, stopping }) => {
    const { databaseUrl: url, migratePatienceMs: patienceMs } = config;
    const migrate = () => migrateDatabase({ url, name: `${service} migrations`, migrations });
    const done = await waitFor('the database', migrate, { logger, stopping, patienceMs });
    logger.info({ done }, 'the schema is as this version needs it');
  });
