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
  const reports = await Promise.all(
    [first(), second(), third()].map((database) => migrate(database)),
  );
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

const at = '2026-11-26T09:00:00Z';
/** Four charges, prompts of two of them and a callback, as they lay before they were filed. */
const earlierBooks = `
  insert into business (business_id, name, mode, created_at) values (1, 'shop', 'live', '${at}');
  insert into charge (business_id, id, state, stream_id, rail, amount_minor, currency, reference,
    description, created_by, created_at, expires_at, updated_at)
  select 1, n, state, 'trading', 'mpesa', 100 * n, 'KES', 'REF' || n, '', 'cli', '${at}', '${at}',
    '${at}'
  from (values (1, 'open'), (2, 'paid'), (3, 'prompted'), (4, 'expired')) as c (n, state);
  insert into prompt (business_id, id, charge_id, rail, own_id, state, phone_index, amount_minor,
    planned_at, next_query_at)
  select 1, n, n, 'mpesa', 'QP' || n, state, '\\x01', 100 * n, '${at}', due
  from (values (2, 'paid', null), (3, 'accepted', timestamptz '${at}')) as p (n, state, due);
  insert into callback (business_id, id, channel, received_at, digest, body_sealed, source,
    authentic, verdict)
  values (1, 7, 'stk-result', '${at}', '\\x07', '\\x00', '', true, 'prompt-result')`;

it('carries books of an earlier version over, and tells of each step', async () => {
  const before = names.filter((name) => name < '0020');
  const later = names.slice(before.length);
  expect((await migrate(first(), { until: before.at(-1) ?? '' })).applied).toEqual(before);
  await sql.raw(earlierBooks).execute(first().executor);
  const told: string[] = [];
  await migrate(first(), {
    onStep: ({ name, number, of }) => void told.push(`${number} of ${of}: ${name}`),
  });
  expect(told).toEqual(later.map((name, n) => `${n + 1} of ${later.length}: ${name}`));
  const { rows } = await sql<{ what: string; rows: string }>`
    select 'paid' as what, string_agg(id::text, ' ' order by id) as rows from charge_paid
    union all
    select 'unpaid', string_agg(id || ' ' || state || ' ' || reference, ', ' order by id)
    from charge_unpaid
    union all
    select 'due', string_agg(id::text, ' ') from prompt_due
    union all
    select 'callbacks', string_agg(id || ' ' || content_day, ' ') from callback`.execute(
    first().executor,
  );
  expect(rows).toEqual([
    { what: 'paid', rows: '2' },
    { what: 'unpaid', rows: '1 open REF1, 3 prompted REF3, 4 expired REF4' },
    { what: 'due', rows: '3' },
    { what: 'callbacks', rows: '7 -infinity' },
  ]);
});

it('tells of no step where books are made', async () => {
  const told: string[] = [];
  await migrate(first(), { onStep: ({ name }) => void told.push(name) });
  expect(told).toEqual([]);
});
