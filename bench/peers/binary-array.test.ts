import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../test/support/postgres.ts';
import { byteaArray, int2Array, int4Array, int8Array, textArray } from './binary-array.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await (await createTestDatabases()).createDatabase();
  client = new Client({ connectionString: database.connectionString });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const read = async (type: string, array: Buffer) => {
  const text = `select array(select u::text from unnest($1::${type}[]) u) as said`;
  return (await client.query<{ said: string[] }>(text, [array])).rows[0]?.said;
};

it('PostgreSQL reads what is written', async () => {
  expect(await read('bigint', int8Array([0n, -1n, 9_223_372_036_854_775_807n]))).toEqual([
    '0',
    '-1',
    '9223372036854775807',
  ]);
  expect(await read('integer', int4Array([7, -2_147_483_648]))).toEqual(['7', '-2147483648']);
  expect(await read('smallint', int2Array([1, -32_768]))).toEqual(['1', '-32768']);
  expect(await read('text', textArray(['', 'AI', 'é "{}"']))).toEqual(['', 'AI', 'é "{}"']);
  const bytes = byteaArray([Buffer.from([0, 255]), Buffer.alloc(0)]);
  expect(await read('bytea', bytes)).toEqual(['\\x00ff', '\\x']);
  expect(await read('bigint', int8Array([]))).toEqual([]);
});
