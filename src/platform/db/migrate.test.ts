import { readdirSync } from 'node:fs';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../../test/support/postgres.ts';
import { createDatabase, type Database } from './database.ts';
import { sql } from './index.ts';
import { migrate } from './migrate.ts';

const names = readdirSync(new URL('../../../migrations', import.meta.url))
  .map((file) => file.replace(/\.sql$/, ''))
  .toSorted();

let own: TestDatabase;
let processes: readonly Database[] = [];

beforeEach(async () => {
  own = await (await createTestDatabases()).createDatabase();
  const { connectionString } = own;
  processes = [0, 1, 2].map(() => createDatabase({ connectionString }));
});

afterEach(async () => {
  await Promise.all(processes.map((database) => database.close()));
  await own.drop();
});

const [first, second, third] = [0, 1, 2].map((n) => (): Database => {
  const database = processes[n];
  if (database === undefined) throw new Error('the test has three processes');
  return database;
}) as [() => Database, () => Database, () => Database];

it('brings an empty database up to date, and has nothing to do the second time', async () => {
  expect(await migrate(first())).toEqual({ applied: names });
  expect(await migrate(first())).toEqual({ applied: [] });
  expect(await migrate(second())).toEqual({ applied: [] });
});

it('runs every migration once when several processes start together', async () => {
  const reports = await Promise.all([first(), second(), third()].map(migrate));
  expect(reports.flatMap(({ applied }) => applied).toSorted()).toEqual(names);
});

it('leaves nothing half-done where a migration fails', async () => {
  // In the way of a table that a later migration makes.
  await sql`create table ledger_entry (x int)`.execute(first().executor);
  await expect(migrate(first())).rejects.toMatchObject({
    message: 'the database could not be migrated',
    cause: { code: '42P07' },
  });
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('business') is not null as found`.execute(first().executor);
  expect(rows).toEqual([{ found: false }]);
  await sql`drop table ledger_entry`.execute(first().executor);
  expect(await migrate(second())).toEqual({ applied: names });
});

it('refuses a database that a newer version has migrated', async () => {
  await migrate(first());
  await sql`
    insert into schema_migration (name, timestamp) values ('9999-later', 'x')`.execute(
    first().executor,
  );
  await expect(migrate(second())).rejects.toThrow('could not be migrated');
});
