import { afterAll, beforeAll, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../../test/support/postgres.ts';
import * as arrays from './arrays.ts';
import { createDatabase, type Database } from './database.ts';
import { sql } from './index.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await (await createTestDatabases()).createDatabase();
  database = createDatabase({ connectionString: own.connectionString });
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

/** What the server makes of the array, in its own words. */
async function readBack(array: Buffer, type: string): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ value: string | null }>`
    select v::text as value
    from unnest(${array}::${sql.raw(type)}[]) with ordinality as u (v, n)
    order by n`.execute(database.executor);
  return rows.map(({ value }) => value);
}

const instant = Date.parse('2026-11-26T17:20:30.123Z');

it.each([
  ['bigint', arrays.int8s([0n, -1n, 2n ** 63n - 1n, null, -(2n ** 63n)])],
  ['int', arrays.int4s([0, -1, 2 ** 31 - 1, null, -(2 ** 31)])],
  ['smallint', arrays.int2s([0, -1, 32_767, null, -32_768])],
])('%s of every size, and none at all', async (type, array) => {
  const [zero, minus, most, none, least] = await readBack(array, type);
  expect([zero, minus, none]).toEqual(['0', '-1', null]);
  expect(BigInt(least ?? '') + BigInt(most ?? '')).toBe(-1n);
});

it.each([
  ['boolean', arrays.booleans([true, false, null]), ['true', 'false', null]],
  [
    'text',
    arrays.texts(['', 'Wanjikũ "a", {b}', null, "o'"]),
    ['', 'Wanjikũ "a", {b}', null, "o'"],
  ],
  [
    'bytea',
    arrays.byteas([Buffer.from([0, 255]), null, Buffer.alloc(0)]),
    ['\\x00ff', null, '\\x'],
  ],
  ['date', arrays.dates(['2026-11-26', '1999-12-31', null]), ['2026-11-26', '1999-12-31', null]],
  ['jsonb', arrays.jsons(['{"a":1}', '"ũ"', null]), ['{"a": 1}', '"ũ"', null]],
  ['text', arrays.texts([]), []],
  [
    'timestamptz',
    arrays.moments([instant, 0, null, Date.parse('1999-12-31T23:59:59.999Z')]),
    ['2026-11-26 17:20:30.123+00', '1970-01-01 00:00:00+00', null, '1999-12-31 23:59:59.999+00'],
  ],
])('%s as it was', async (type, array, expected) => {
  expect(await readBack(array, type)).toEqual(expected);
});

it.each([
  ['bigint', () => arrays.int8s([2n ** 63n])],
  ['bigint', () => arrays.int8s([-(2n ** 63n) - 1n])],
  ['int', () => arrays.int4s([2 ** 31])],
  ['smallint', () => arrays.int2s([-32_769])],
  ['date', () => arrays.dates(['soon'])],
  ['timestamptz', () => arrays.moments([Number.NaN])],
])('%s that does not fit is no other number', (_, write) => {
  expect(write).toThrow(RangeError);
});

it('refuses an array of another type than the statement says', async () => {
  await expect(readBack(arrays.int4s([1]), 'bigint')).rejects.toMatchObject({ code: '42804' });
});
