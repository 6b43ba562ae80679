import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabases, type TestDatabase } from '../../../test/support/postgres.ts';
import { createDatabase, type Database, type Tx } from './database.ts';
import { alongside, keepIf, lastly, sql, together } from './index.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await (await createTestDatabases()).createDatabase();
  database = createDatabase({ connectionString: own.connectionString });
  await sql`create table sum (id int primary key, value int)`.execute(database.executor);
  await sql`create table word (text text)`.execute(database.executor);
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

beforeEach(async () => {
  await sql`truncate sum, word`.execute(database.executor);
  await sql`insert into sum values (1, 0)`.execute(database.executor);
});

const add = (tx: Tx, value: number): Promise<void> =>
  lastly(tx, async () => {
    await sql`update sum set value = value + ${value} where id = ${1}`.execute(tx);
  });

const say = async (tx: Tx, text: string): Promise<void> => {
  await sql`insert into word values (${text})`.execute(tx);
};

async function kept(): Promise<{ readonly sum: number; readonly words: readonly string[] }> {
  const sums = await sql<{ value: number }>`select value from sum`.execute(database.executor);
  const words = await sql<{ text: string }>`select text from word`.execute(database.executor);
  return {
    sum: sums.rows[0]?.value ?? Number.NaN,
    words: words.rows.map(({ text }) => text).toSorted(),
  };
}

describe('what is put off', () => {
  it('is done just before the commit of a group, in order, and at once elsewhere', async () => {
    const order: string[] = [];
    const work = async (tx: Tx): Promise<void> => {
      await lastly(tx, async () => void order.push('first'));
      await lastly(tx, async () => void order.push('second'));
      order.push('end');
    };
    await database.groupTransaction(work);
    await database.transaction(work);
    expect(order).toEqual(['end', 'first', 'second', 'first', 'second', 'end']);
  });

  it('lets another group go on with everything else', async () => {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const first = database.groupTransaction(async (tx) => {
      await add(tx, 1);
      await say(tx, 'first');
      reached.resolve();
      await go.promise;
    });
    await reached.promise;
    await database.groupTransaction(async (tx) => {
      await add(tx, 10);
      await say(tx, 'second');
    });
    go.resolve();
    await first;
    expect(await kept()).toEqual({ sum: 11, words: ['first', 'second'] });
  });

  it('goes with the work that was taken back', async () => {
    await database.groupTransaction(async (tx) => {
      await add(tx, 1);
      await keepIf(tx, async () => {
        await add(tx, 10);
        await say(tx, 'taken back');
        return false;
      });
      await keepIf(tx, async () => {
        await add(tx, 100);
        return true;
      });
    });
    expect(await kept()).toEqual({ sum: 101, words: [] });
  });

  it('fails the whole group where it fails', async () => {
    const failed = database.groupTransaction(async (tx) => {
      await say(tx, 'lost');
      await lastly(tx, () => Promise.reject(new Error('no sum')));
    });
    await expect(failed).rejects.toThrow('no sum');
    expect(await kept()).toEqual({ sum: 0, words: [] });
  });

  it('goes by the server’s first failure, whatever failed after it', async () => {
    const failed = database.groupTransaction(async (tx) => {
      await alongside(tx, sql`select 1 / ${0}::int`.execute(tx));
      await alongside(tx, say(tx, 'too late'));
      await sql`select ${1}::int`.execute(tx);
    });
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual({ sum: 0, words: [] });
  });

  it('goes by the cause, where a consequence was sent on before it', async () => {
    const consequence = async (tx: Tx): Promise<void> => {
      await say(tx, 'sent first');
      await say(tx, 'too late');
    };
    const failed = database.groupTransaction(async (tx) => {
      await alongside(tx, consequence(tx));
      await together(
        tx,
        () => sql`select 1 / ${0}::int`.execute(tx),
        () =>
          together(
            tx,
            () => say(tx, 'too late'),
            () => say(tx, 'too late'),
          ),
      );
    });
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual({ sum: 0, words: [] });
  });

  it.each(['alongside', 'together'] as const)(
    'writes nothing more once the group has failed: %s',
    async (how) => {
      const goOn = async (tx: Tx): Promise<void> => {
        for (let n = 0; n < 5; n += 1) await say(tx, `word ${n}`);
      };
      const fail = (): Promise<void> => Promise.reject(new Error('changed my mind'));
      const failed = database.groupTransaction(async (tx) => {
        if (how === 'together') await together(tx, () => goOn(tx), fail);
        await alongside(tx, fail());
        await alongside(tx, goOn(tx));
      });
      await expect(failed).rejects.toThrow('changed my mind');
      await database.groupTransaction((tx) => say(tx, 'the next group'));
      expect(await kept()).toEqual({ sum: 0, words: ['the next group'] });
    },
  );

  it('is in the group although it was sent while the end was waited for', async () => {
    await database.groupTransaction(async (tx) => {
      const later = async (): Promise<void> => {
        await say(tx, 'first');
        await alongside(tx, say(tx, 'second'));
        await add(tx, 5);
      };
      await alongside(tx, later());
    });
    expect(await kept()).toEqual({ sum: 5, words: ['first', 'second'] });
  });

  it('starts anew when the group is run again', async () => {
    let runs = 0;
    await database.groupTransaction(async (tx) => {
      runs += 1;
      await add(tx, 1);
      if (runs < 3) await sql`do $$ begin raise sqlstate '40001'; end $$`.execute(tx);
    });
    expect(await kept()).toEqual({ sum: 1, words: [] });
  });
});

it('plans the statements of groups once, and looks for rows by their keys', async () => {
  const { rows } = await database.groupTransaction(async (tx) => {
    await say(tx, 'a');
    await say(tx, 'b');
    return sql<{ times: bigint; mode: string; scans: string }>`
      select generic_plans as times,
        current_setting('plan_cache_mode') as mode, current_setting('enable_seqscan') as scans
      from pg_prepared_statements where statement like ${'insert into word%'}`.execute(tx);
  });
  expect(rows).toMatchObject([{ mode: 'force_generic_plan', scans: 'off' }]);
  expect(rows[0]?.times).toBeGreaterThan(1n);
});
