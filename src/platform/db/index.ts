export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type Executor,
  type NoticeListener,
  type Tx,
} from './database.ts';
export { isDatabaseAway, isUniqueViolation } from './errors.ts';
export { migrate, type MigrationReport } from './migrate.ts';
export { keepIf } from './savepoint.ts';
export { newestFirst, type Walk } from './walk.ts';
export { sql } from 'kysely';
