import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterEach, expect, it } from 'vitest';

import { createMigratedDatabase } from '../test/support/foundation.ts';
import type { TestDatabase } from '../test/support/postgres.ts';
import { readSchema } from './schema.ts';
import { root } from './sources.ts';

let own: TestDatabase | undefined;
afterEach(() => own?.drop());

async function change(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}

// Where this fails, run `node tools/write-schema.ts`.
it('docs/schema.sql is what the migrations make', async () => {
  own = await createMigratedDatabase();
  const written = readFileSync(join(root, 'docs', 'schema.sql'), 'utf8');
  expect(await readSchema(own.connectionString)).toBe(written);
});

it.each([
  ['a column', 'alter table charge add note text'],
  ['a column’s type', 'alter table charge alter description type varchar(100)'],
  ['a default', "alter table charge alter description set default ''"],
  ['what may be null', 'alter table charge alter description drop not null'],
  ['a check', 'alter table ledger_entry drop constraint ledger_entry_amount_minor_check'],
  ['a foreign key', 'alter table prompt drop constraint prompt_business_id_charge_id_fkey'],
  ['a unique constraint', 'alter table charge drop constraint charge_business_id_reference_key'],
  ['a collation', 'alter table charge alter reference type text collate "und-x-icu"'],
  ['an index', 'drop index charge_to_prompt'],
  ['a trigger', 'drop trigger ledger_entry_balances on ledger_entry'],
  ['a trigger that is off', 'alter table ledger_entry disable trigger ledger_entry_balances'],
  [
    'a function',
    "create or replace function refuse_change() returns trigger language plpgsql as 'begin end'",
  ],
  ['a sequence', 'create sequence another'],
  ['a table', 'create table another (id int)'],
  ['storage', 'alter table charge set (fillfactor = 71)'],
])('shows a change of %s', async (_what, statement) => {
  own = await createMigratedDatabase();
  const before = await readSchema(own.connectionString);
  await change(own.connectionString, statement);
  expect(await readSchema(own.connectionString)).not.toBe(before);
});
