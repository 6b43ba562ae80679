import { afterAll, beforeAll, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../../test/support/postgres.ts';
import { createDatabase, type Database } from './database.ts';
import { afterCommit, keepIf, sql } from './index.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await (await createTestDatabases()).createDatabase();
  database = createDatabase({ connectionString: own.connectionString });
  await sql`create table word (text text)`.execute(database.executor);
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

const countWords = async (): Promise<bigint | undefined> => {
  const { rows } = await sql<{ count: bigint }>`select count(*) as count from word`.execute(
    database.executor,
  );
  return rows[0]?.count;
};

it.each(['transaction', 'groupTransaction'] as const)(
  'a %s tells when others can see it, once however often it was tried',
  async (kind) => {
    await sql`truncate word`.execute(database.executor);
    let tries = 0;
    const told: Promise<bigint | undefined>[] = [];
    await database[kind](async (tx) => {
      tries += 1;
      await sql`insert into word values ('a')`.execute(tx);
      expect(afterCommit(tx, () => void told.push(countWords()))).toBe(true);
      if (tries < 3) await sql`do $$ begin raise sqlstate '40001'; end $$`.execute(tx);
    });
    expect(await Promise.all(told)).toEqual([1n]);
  },
);

it('nobody is told of what was not kept', async () => {
  const told: string[] = [];
  await database.transaction(async (tx) => {
    await keepIf(tx, () => {
      afterCommit(tx, () => void told.push('taken back'));
      return Promise.resolve(false);
    });
    afterCommit(tx, () => void told.push('kept'));
  });
  const failed = database.transaction((tx) => {
    afterCommit(tx, () => void told.push('failed'));
    return Promise.reject(new Error('no'));
  });
  await expect(failed).rejects.toThrow('no');
  expect(told).toEqual(['kept']);
});
