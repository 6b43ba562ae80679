export { booleans, byteas, dates, int2s, int4s, int8s, jsons, moments, texts } from './arrays.ts';
export {
  createDatabase,
  type Database,
  type DatabaseOptions,
  type Executor,
  type NoticeListener,
  type Tx,
} from './database.ts';
export { isDatabaseAway, isUniqueViolation } from './errors.ts';
export { unlessKnown } from './hope.ts';
export { insertedOf, unlessAllOf, type InsertedRow } from './inserted.ts';
export { measureDatabase, type DatabaseMeasure } from './measure.ts';
export { migrate, type MigrationReport } from './migrate.ts';
export { afterCommit } from './after-commit.ts';
export { abreast, alongside, lastly, together } from './group-steps.ts';
export { keepIf } from './savepoint.ts';
export { newestFirst, type Walk } from './walk.ts';
export { sql, type RawBuilder } from 'kysely';
