import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';

import type { Database } from './database.ts';

export interface MigrationReport {
  /** Names of the migrations that ran now, in order. */
  readonly applied: readonly string[];
}

const folder = join(import.meta.dirname, '../../../migrations');
const fileName = /^(\d{4}-[a-z-]+)\.sql$/;

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const file of (await readdir(folder)).toSorted()) {
    const name = fileName.exec(file)?.[1];
    if (name === undefined) throw new Error(`migrations/${file} is not named NNNN-name.sql`);
    const text = await readFile(join(folder, file), 'utf8');
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) };
  }
  return migrations;
}

/** Brings the database to this version's schema; several processes may try at once. */
export async function migrate(database: Database): Promise<MigrationReport> {
  const migrator = new Migrator({
    db: database.executor,
    provider: { getMigrations: readMigrations },
    migrationTableName: 'schema_migration',
    migrationLockTableName: 'schema_migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the database could not be migrated', { cause: error });
  return {
    applied: results.filter((r) => r.status === 'Success').map((r) => r.migrationName),
  };
}
