import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { TestDatabase } from '../../../test/support/postgres.ts';
import { createTestDatabases } from '../../../test/support/postgres.ts';
import { createDatabase, type Database, type Tx } from './database.ts';
import { isDatabaseAway, isUniqueViolation } from './errors.ts';
import { abreast, sql } from './index.ts';

let own: TestDatabase;
let database: Database;
let lost: Error[] = [];

beforeAll(async () => {
  own = await (await createTestDatabases()).createDatabase();
  database = connect();
  await sql`create table shelf (id int primary key, item text)`.execute(database.executor);
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

beforeEach(async () => {
  lost = [];
  await sql`truncate shelf`.execute(database.executor);
});

const connect = (connectionsMax = 10, toldOf = (error: Error) => void lost.push(error)): Database =>
  createDatabase({
    connectionString: own.connectionString,
    connectionsMax,
    onLost: toldOf,
  });

async function one<Value>(text: string, from = database): Promise<Value | undefined> {
  const { rows } = await sql<{ value: Value }>`select ${sql.raw(text)} as value`.execute(
    from.executor,
  );
  return rows[0]?.value;
}

const killOthers = (): Promise<unknown> =>
  sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(database.executor);

describe('values', () => {
  it.each([
    ['int8', '9223372036854775807::int8', 9_223_372_036_854_775_807n],
    ['a negative int8', '(-9223372036854775808)::int8', -9_223_372_036_854_775_808n],
    ['a sum', '(select sum(x) from (values (9007199254740993::int8), (1)) v (x))', 2n ** 53n + 2n],
    ['a count', '(select count(*) from shelf)', 0n],
    ['int4', '7', 7],
    ['a date', "date '2026-11-23'", '2026-11-23'],
    ['an instant', "timestamptz '2026-11-23 07:49:00.123Z'", Date.UTC(2026, 10, 23, 7, 49, 0, 123)],
    ['a whole second', "timestamptz '2026-11-23 10:49:00+03'", Date.UTC(2026, 10, 23, 7, 49)],
    ['microseconds', "timestamptz '2026-11-23 07:49:00.123999Z'", 1_795_420_140_123],
    ['an old instant', "timestamptz '1969-12-31 23:59:59.999Z'", -1],
    ['nothing', 'null::timestamptz', null],
    ['json', `'{"a": 1}'::jsonb`, { a: 1 }],
    ['bytes', "'\\x00ff'::bytea", Buffer.from([0, 255])],
  ])('%s comes as it is', async (_what, text, value) => {
    expect(await one(text)).toEqual(value);
  });

  it('refuses a fraction where whole numbers are kept', async () => {
    await expect(one('1.5::numeric')).rejects.toThrow(SyntaxError);
  });

  it('goes in and out unharmed', async () => {
    const numbers = [0n, -1n, 2n ** 62n];
    const texts = ['', 'a,b', '{"x"}', "O'Neil \\ ü 🙂", 'null'];
    const { rows } = await sql<{ numbers: readonly string[]; texts: readonly string[] }>`
      select ${numbers}::bigint[] as numbers, ${texts}::text[] as texts`.execute(database.executor);
    expect(rows[0]).toEqual({ numbers: numbers.map(String), texts });
  });
});

describe('a transaction', () => {
  it('keeps all of it or nothing', async () => {
    const failed = database.transaction(async (tx) => {
      await sql`insert into shelf values (1, 'cup')`.execute(tx);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await one('(select count(*) from shelf)')).toBe(0n);
  });

  it('is run again on a serialisation failure', async () => {
    let runs = 0;
    const value = await database.transaction(async (tx) => {
      runs += 1;
      await sql`insert into shelf values (${runs}, 'cup')`.execute(tx);
      if (runs < 3) await sql`do $$ begin raise sqlstate '40001'; end $$`.execute(tx);
      return runs;
    });
    expect([value, runs]).toEqual([3, 3]);
    expect(await one('(select array_agg(id) from shelf)')).toEqual([3]);
  });

  it('is run again by the loser of a deadlock', async () => {
    await sql`insert into shelf values (1, ''), (2, '')`.execute(database.executor);
    let runs = 0;
    const waiting: (() => void)[] = [];
    // Both hold their first row before either asks for the other's.
    const bothHold = async (): Promise<void> => {
      runs += 1;
      if (runs > 2) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting) go();
      });
    };
    const write = (ids: readonly number[]) =>
      database.transaction(async (tx) => {
        const [first, second] = ids;
        await sql`update shelf set item = item || 'x' where id = ${first}`.execute(tx);
        await bothHold();
        await sql`update shelf set item = item || 'x' where id = ${second}`.execute(tx);
      });
    await Promise.all([write([1, 2]), write([2, 1])]);
    expect(runs).toBe(3);
    expect(await one("(select string_agg(item, ' ') from shelf)")).toBe('xx xx');
  });

  it.each(['23505', '22012', 'P0001', '57014'])('is not run again on %s', async (state) => {
    let runs = 0;
    const failed = database.transaction(async (tx) => {
      runs += 1;
      await sql.raw(`do $$ begin raise sqlstate '${state}'; end $$`).execute(tx);
    });
    await expect(failed).rejects.toMatchObject({ code: state });
    expect(runs).toBe(1);
  });

  it('gives up after five runs', async () => {
    let runs = 0;
    const failed = database.transaction(async (tx) => {
      runs += 1;
      await sql`do $$ begin raise sqlstate '40P01'; end $$`.execute(tx);
    });
    await expect(failed).rejects.toMatchObject({ code: '40P01' });
    expect(runs).toBe(5);
  });

  it('names the unique index that stood in the way', async () => {
    const insert = () => sql`insert into shelf values (1, '')`.execute(database.executor);
    await insert();
    const error: unknown = await insert().catch((reason: unknown) => reason);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'shelf_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'shelf_item_key')).toBe(false);
    expect(isUniqueViolation(new Error('x'))).toBe(false);
  });
});

describe('a snapshot', () => {
  it('reads everything as of one moment', async () => {
    const counts = await database.snapshot(async (tx) => {
      const read = async (): Promise<bigint | undefined> =>
        (await sql<{ n: bigint }>`select count(*) as n from shelf`.execute(tx)).rows[0]?.n;
      const before = await read();
      await sql`insert into shelf values (1, '')`.execute(database.executor);
      return [before, await read()];
    });
    expect(counts).toEqual([0n, 0n]);
    expect(await one('(select count(*) from shelf)')).toBe(1n);
  });

  it('changes nothing', async () => {
    const writing = database.snapshot((tx) => sql`insert into shelf values (1, '')`.execute(tx));
    await expect(writing).rejects.toThrow('read-only');
  });

  const count = async (tx: Tx): Promise<bigint | undefined> => {
    const { rows } = await sql<{ count: bigint }>`
      select count(*) as count from shelf where id > ${0}`.execute(tx);
    return rows[0]?.count;
  };

  it('sends what is read abreast together, and sees one moment in all of it', async () => {
    const started: string[] = [];
    const seen = await database.snapshot(async (tx) => {
      const first = await count(tx);
      await sql`insert into shelf values (1, 'cup')`.execute(database.executor);
      const ask = abreast(tx);
      const reads = ['one', 'other'].map((name) =>
        ask(async () => {
          started.push(name);
          return count(tx);
        }),
      );
      expect(started).toEqual(['one', 'other']);
      return [first, ...(await Promise.all(reads))];
    });
    expect(seen).toEqual([0n, 0n, 0n]);
    expect(await database.snapshot(count)).toBe(1n);
  });

  it('fails by what failed first, and leaves a connection that works', async () => {
    const other = connect(1);
    const failed = other.snapshot(async (tx) => {
      const ask = abreast(tx);
      await Promise.all([
        ask(() => sql`select 1 / ${0}::int`.execute(tx)),
        ask(() => count(tx)),
        ask(async () => {
          await count(tx);
          return count(tx);
        }),
      ]);
    });
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    expect(await other.snapshot(count)).toBe(0n);
    expect(await one('(select count(*) from shelf)', other)).toBe(0n);
    await other.close();
  });

  it('reads abreast one after the other elsewhere, and nothing after a failure', async () => {
    const started: string[] = [];
    const failed = database.transaction(async (tx) => {
      const ask = abreast(tx);
      await Promise.all([
        ask(async () => void started.push('first')),
        ask(async () => {
          started.push('second');
          await count(tx);
          throw new Error('no second');
        }),
        ask(async () => void started.push('third')),
      ]);
    });
    expect(started).toEqual([]);
    await expect(failed).rejects.toThrow('no second');
    expect(started).toEqual(['first', 'second']);
  });
});

describe('a database that goes away', () => {
  it('is seen when the connection is cut under a transaction, and works again after', async () => {
    const other = connect();
    const cut = other.transaction(async (tx) => {
      await sql`insert into shelf values (1, '')`.execute(tx);
      await killOthers();
      await sql`insert into shelf values (2, '')`.execute(tx);
    });
    const error: unknown = await cut.catch((reason: unknown) => reason);
    expect(isDatabaseAway(error)).toBe(true);
    expect(await one('(select count(*) from shelf)', other)).toBe(0n);
    await other.close();
  });

  it('is told of once for each idle connection that is cut', async () => {
    // The database that cuts may have idle ones as well.
    const ofOther: Error[] = [];
    const other = connect(1, (error) => void ofOther.push(error));
    await other.ping();
    await killOthers();
    await expect.poll(() => ofOther.length).toBe(1);
    await other.ping();
    expect(ofOther).toHaveLength(1);
    expect(ofOther.every(isDatabaseAway)).toBe(true);
    await other.close();
  });

  it('is seen when the pool has no connection left', async () => {
    const { connectionString } = own;
    const other = createDatabase({ connectionString, connectionsMax: 1, connectTimeoutMs: 500 });
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const holding = other.transaction(async () => {
      started.resolve();
      await gate.promise;
    });
    await started.promise;
    const error: unknown = await other.ping().catch((reason: unknown) => reason);
    gate.resolve();
    await holding;
    await other.close();
    expect(isDatabaseAway(error)).toBe(true);
  });

  it('is seen when nobody listens there, or whoever does hangs up', async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const errorOf = async (): Promise<unknown> => {
      const connectionString = `postgres://nobody@127.0.0.1:${port}/none`;
      const away = createDatabase({ connectionString });
      const error: unknown = await away.ping().catch((reason: unknown) => reason);
      await away.close();
      return error;
    };
    const hungUp = await errorOf();
    server.close();
    await once(server, 'close');
    expect([hungUp, await errorOf()].map(isDatabaseAway)).toEqual([true, true]);
  });
});

describe('listening', () => {
  it('hears notices of its channel until closed', async () => {
    const heard: string[] = [];
    const listener = await database.listen('odd "name"', {
      onNotice: (said) => void heard.push(said),
      onEnd: () => undefined,
    });
    await sql`select pg_notify('elsewhere', '')`.execute(database.executor);
    await sql`select pg_notify('odd "name"', 'news')`.execute(database.executor);
    await expect.poll(() => heard).toEqual(['news']);
    await listener.close();
    await sql`select pg_notify('odd "name"', '')`.execute(database.executor);
    await database.ping();
    expect(heard).toEqual(['news']);
  });

  it('says when it was cut off', async () => {
    const ended = Promise.withResolvers<void>();
    await database.listen('x', { onNotice: () => undefined, onEnd: ended.resolve });
    await killOthers();
    await ended.promise;
    await expect.poll(() => lost.length).toBeGreaterThan(0);
    expect(lost.every(isDatabaseAway)).toBe(true);
  });

  it('fails where there is no database', async () => {
    const away = createDatabase({ connectionString: 'postgres://x@127.0.0.1:1/none' });
    const listening = away.listen('x', { onNotice: () => undefined, onEnd: () => undefined });
    await expect(listening).rejects.toSatisfy(isDatabaseAway);
    await away.close();
  });
});
