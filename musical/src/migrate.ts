import { runMigrations } from '@outerpark/chassis/programs/migrate';
import { migrations } from './persistence/migrations';

void runMigrations('musical', migrations);
