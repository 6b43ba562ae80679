import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase, type TestDatabases } from './postgres.ts';

let databases: TestDatabases;
const made: TestDatabase[] = [];

beforeAll(async () => {
  databases = await createTestDatabases();
});

afterAll(async () => {
  for (const database of made) await database.drop();
});

async function create(template?: string): Promise<TestDatabase> {
  const database = await databases.createDatabase(template === undefined ? {} : { template });
  made.push(database);
  return database;
}

async function query(connectionString: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

it('prepares a template once and gives every copy a life of its own', async () => {
  let prepared = 0;
  const prepare = async (connectionString: string): Promise<void> => {
    prepared += 1;
    await query(connectionString, 'create table shelf (item text); insert into shelf values (1)');
  };
  await Promise.all([
    databases.template('support_check', prepare),
    databases.template('support_check', prepare),
  ]);
  const [one, other] = await Promise.all([create('support_check'), create('support_check')]);
  await query(one.connectionString, 'insert into shelf values (2)');
  expect(prepared).toBeLessThanOrEqual(1);
  expect(await query(one.connectionString, 'select item from shelf')).toHaveLength(2);
  expect(await query(other.connectionString, 'select item from shelf')).toHaveLength(1);
});

it('keeps a template that failed half-way from being copied', async () => {
  const broken = databases.template('support_broken', async (connectionString) => {
    await query(connectionString, 'create table half (item text)');
    throw new Error('the second half is missing');
  });
  await expect(broken).rejects.toThrow('the second half is missing');
  await expect(create('support_broken')).rejects.toThrow('does not exist');
});

it('drops a database somebody is still connected to', async () => {
  const database = await create();
  const client = new Client({ connectionString: database.connectionString });
  client.on('error', () => undefined);
  await client.connect();
  await database.drop();
  await expect(client.query('select 1')).rejects.toThrow(/terminat|not queryable|administrator/);
  await client.end().catch(() => undefined);
});
