import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../../test/support/postgres.ts';
import { createDatabase, type Database, type Tx } from './database.ts';
import { afterCommit, alongside, insertedOf, sql, unlessAllOf, unlessKnown } from './index.ts';
import type { InsertedRow } from './inserted.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await (await createTestDatabases()).createDatabase();
});

afterAll(() => own.drop());

beforeEach(async () => {
  database = createDatabase({ connectionString: own.connectionString });
  await sql`drop table if exists receipt`.execute(database.executor);
  await sql`create table receipt (id bigint primary key, text text)`.execute(database.executor);
  return () => database.close();
});

/** What each run of the work was: whether it hoped. */
const runs: boolean[] = [];
beforeEach(() => void runs.splice(0));

const insert = (tx: Tx, ids: readonly bigint[], text = '') => {
  const end = unlessKnown(tx, sql`(id)`);
  runs.push(end.compile(database.executor).sql === '');
  return sql<InsertedRow>`
    with inserted as (
      insert into receipt select id, ${text}::text from unnest(${ids}::bigint[]) as i (id)
      ${end} returning id
    ) ${unlessAllOf(ids.length)}`.execute(tx);
};
const group = (ids: readonly bigint[]): Promise<ReadonlySet<bigint>> =>
  database.groupTransaction(async (tx) => insertedOf(ids, (await insert(tx, ids)).rows));

const kept = async (): Promise<readonly bigint[]> => {
  const { rows } = await sql<{ id: bigint }>`select id from receipt order by id`.execute(
    database.executor,
  );
  return rows.map(({ id }) => id);
};

describe('a group', () => {
  it('hopes that all is new, and is run again where it is not', async () => {
    expect(await group([1n, 2n])).toEqual(new Set([1n, 2n]));
    expect(runs).toEqual([true]);
    expect(await group([2n, 3n, 3n])).toEqual(new Set([3n]));
    expect(runs).toEqual([true, true, false]);
    expect(await kept()).toEqual([1n, 2n, 3n]);
  });

  it('goes on without hope for a while after it was disappointed', async () => {
    await group([1n]);
    await group([1n]);
    runs.splice(0);
    for (let id = 2n; id <= 201n; id += 1n) await group([id]);
    expect(runs).toEqual(Array(200).fill(false));
    await group([202n]);
    expect(runs.at(-1)).toBe(true);
  });

  it('tells what it did once, though it was run twice', async () => {
    await group([1n]);
    const told: string[] = [];
    await database.groupTransaction(async (tx) => {
      afterCommit(tx, () => void told.push('told'));
      await alongside(tx, insert(tx, [1n, 2n]));
    });
    expect(told).toEqual(['told']);
    expect(await kept()).toEqual([1n, 2n]);
  });

  it('is run again as well where something else hears of the failure first', async () => {
    await group([1n]);
    await database.groupTransaction(async (tx) => {
      const sent = Promise.withResolvers<void>();
      const later = sent.promise.then(() => sql`select ${1}::int`.execute(tx));
      await alongside(tx, later);
      const inserting = insert(tx, [1n, 2n]);
      sent.resolve();
      await inserting;
    });
    expect(runs).toEqual([true, true, false]);
    expect(await kept()).toEqual([1n, 2n]);
  });

  it('fails where the known key is in no statement that would leave it out', async () => {
    await group([1n]);
    const work = async (tx: Tx): Promise<void> => {
      runs.push(true);
      await sql`insert into receipt values (1, '')`.execute(tx);
    };
    await expect(database.groupTransaction(work)).rejects.toMatchObject({ code: '23505' });
    expect(runs).toEqual([true, true, true]);
  });
});

it('a transaction that is no group never hopes', async () => {
  await group([1n]);
  await database.transaction((tx) => insert(tx, [1n, 2n]));
  expect(runs).toEqual([true, false]);
  expect(await kept()).toEqual([1n, 2n]);
});
