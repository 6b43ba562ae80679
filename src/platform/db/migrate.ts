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

export interface MigrationStep {
  readonly name: string;
  /** Counts from one. */
  readonly number: number;
  readonly of: number;
}

export interface MigrationOptions {
  /** Told before each step that changes books there are; not while the first ones are made. */
  readonly onStep?: (step: MigrationStep) => void;
  /** Name of the last to run: the schema of an earlier version. */
  readonly until?: string;
}

async function readMigrations(onRun: (name: string) => void): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const file of (await readdir(folder)).toSorted()) {
    const name = fileName.exec(file)?.[1];
    if (name === undefined) throw new Error(`migrations/${file} is not named NNNN-name.sql`);
    const text = await readFile(join(folder, file), 'utf8');
    migrations[name] = {
      up: async (db) => {
        onRun(name);
        await sql.raw(text).execute(db);
      },
    };
  }
  return migrations;
}

/** Brings the database to this version's schema; several processes may try at once. */
export async function migrate(
  database: Database,
  { onStep, until }: MigrationOptions = {},
): Promise<MigrationReport> {
  let names: readonly string[] = [];
  let first: number | undefined;
  const onRun = (name: string): void => {
    const at = names.indexOf(name);
    first ??= at;
    if (first > 0) onStep?.({ name, number: at - first + 1, of: names.length - first });
  };
  const getMigrations = async (): Promise<Record<string, Migration>> => {
    const migrations = await readMigrations(onRun);
    names = Object.keys(migrations);
    return migrations;
  };
  const migrator = new Migrator({
    db: database.executor,
    provider: { getMigrations },
    migrationTableName: 'schema_migration',
    migrationLockTableName: 'schema_migration_lock',
  });
  const { error, results = [] } =
    until === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(until);
  if (error !== undefined) throw new Error('the database could not be migrated', { cause: error });
  return {
    applied: results.filter((r) => r.status === 'Success').map((r) => r.migrationName),
  };
}
