import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { invariant, numberFromId } from '#kernel';
import { sql } from '#platform/db';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { railCollection, revenue } from './account.ts';
import { createLedger, type Ledger } from './service.ts';
import { credit, debit } from './transaction.ts';

let base: TestFoundation;
let ledger: Ledger;
let booked = 0n;

beforeAll(async () => {
  base = await createTestFoundation();
  ledger = createLedger(base);
  await ledger.openAccounts([railCollection('mpesa'), revenue('trading')]);
});

afterAll(() => base.close());

/** What a person with a database console could try. */
const run = (text: string): Promise<unknown> => sql.raw(text).execute(base.database.executor);

const asIfUnguarded = async (table: string, text: string): Promise<void> => {
  await run(`alter table ${table} disable trigger user`);
  await run(text);
  await run(`alter table ${table} enable trigger user`);
};

beforeEach(async () => {
  const id = base.ids.next('ledgerTransaction');
  booked = numberFromId(id);
  const posted = await base.database.transaction((tx) =>
    ledger.post(tx, [
      {
        id,
        kind: 'payment',
        idempotencyKey: `payment:${id}`,
        subject: 'pay_1',
        occurredAt: base.clock.now(),
        entries: [debit(railCollection('mpesa'), 500n), credit(revenue('trading'), 500n)],
      },
    ]),
  );
  invariant(posted.ok, 'a new payment is booked');
});

/** A transaction by hand that says how many entries it has. */
async function declare(entries: number): Promise<bigint> {
  const id = numberFromId(base.ids.next('ledgerTransaction'));
  await run(`
    insert into ledger_transaction (business_id, id, kind, idempotency_key, input_hash,
      entry_count, occurred_at, posted_at, business_date, subject)
    values (1, ${id}, 'payment', 'key-${id}', '', ${entries}, now(), now(), now(), 'x')`);
  return id;
}

type Rows = readonly (readonly [account: number, amount: number])[];
const sides = (...rows: Rows): Rows => rows;

/** Account 1 is the wallet, account 2 the revenue. */
function enter(id: bigint, rows: Rows): Promise<unknown> {
  const values = rows.map(([account, amount], n) => `(1, ${id}, ${account}, ${amount}, ${n})`);
  return run(`
    insert into ledger_entry (business_id, transaction_id, account_id, amount_minor, position)
    values ${values.join()}`);
}

describe('the database itself refuses', () => {
  const attempts: readonly (readonly [what: string, rows: Rows, message: string])[] = [
    ['entries that do not sum to zero', sides([1, 100], [2, -99]), 'does not balance'],
    ['one side alone', sides([1, 100]), 'does not balance'],
    ['more entries than declared', sides([1, 9], [1, 1], [2, -10]), 'other entries than it says'],
    ['an entry of nothing', sides([1, 0], [2, 0]), 'ledger_entry_amount_minor_check'],
    ['an account that is not open', sides([1, 5], [77, -5]), 'an account that is not open'],
  ];

  it.each(attempts)('%s', async (_what, rows, message) => {
    const id = await declare(2);
    await expect(enter(id, rows)).rejects.toThrow(message);
    const { rows: left } = await sql`
      select from ledger_entry where transaction_id = ${id}`.execute(base.database.executor);
    expect(left).toEqual([]);
    await asIfUnguarded('ledger_transaction', `delete from ledger_transaction where id = ${id}`);
  });

  it('entries of a transaction that is not there', async () => {
    const nobody = numberFromId(base.ids.next('ledgerTransaction'));
    await expect(enter(nobody, sides([1, 100], [2, -100]))).rejects.toThrow('other entries');
  });

  it.each(['delete from business', 'update business set business_id = 2'])(
    'to lose a business: %s',
    async (statement) => {
      await expect(run(statement)).rejects.toThrow('never changed or removed');
    },
  );

  it('fewer entries than declared', async () => {
    const id = await declare(3);
    await expect(enter(id, sides([1, 100], [2, -100]))).rejects.toThrow('other entries');
    await asIfUnguarded('ledger_transaction', `delete from ledger_transaction where id = ${id}`);
  });

  it.each([
    ['at their places', 0, 'unique'],
    ['at further places', 2, 'other entries than it says'],
  ])('balanced entries added to a complete transaction later, %s', async (_what, from, message) => {
    const added = run(`
      insert into ledger_entry (business_id, transaction_id, account_id, amount_minor, position)
      values (1, ${booked}, 1, 7, ${from}), (1, ${booked}, 2, -7, ${from + 1})`);
    await expect(added).rejects.toThrow(message);
  });

  it('balanced sides that come one statement each', async () => {
    const id = await declare(2);
    const halves = base.database.transaction(async (tx) => {
      await sql`insert into ledger_entry values (7, ${id}, 1, 1, 0)`.execute(tx);
      await sql`insert into ledger_entry values (-7, ${id}, 1, 2, 1)`.execute(tx);
    });
    await expect(halves).rejects.toThrow('does not balance');
    await asIfUnguarded('ledger_transaction', `delete from ledger_transaction where id = ${id}`);
  });

  it('the same key twice', async () => {
    const twice = run(`
      insert into ledger_transaction select business_id, id + 1, kind, idempotency_key, input_hash,
        entry_count, occurred_at, posted_at, business_date, subject
      from ledger_transaction where id = ${booked}`);
    await expect(twice).rejects.toThrow('unique');
  });

  it('a balance kept below zero on either side', async () => {
    await expect(run('update ledger_balance set debits_minor = -1')).rejects.toThrow('check');
  });
});

const appendOnly = [
  ['ledger_account', "name = 'x'"],
  ['ledger_transaction', "subject = 'x'"],
  ['ledger_entry', 'amount_minor = 1'],
  ['callback', "verdict = 'x'"],
  ['callback_pack', "bodies_sealed = ''"],
  ['evidence', "kind = 'list'"],
  ['audit_record', "action = 'x'"],
  ['target_change', 'amount_minor = 1'],
  ['counter_reset', 'closed_minor = 1'],
  ['exception_fix', "reason = 'x'"],
  ['exception_fix_payment', "state_after = 'x'"],
  ['statement_file', "name = 'x'"],
  ['statement_chunk', 'position = 1'],
  ['statement_line', 'amount_minor = 1'],
] as const;

describe.each(appendOnly)('%s', (table, change) => {
  it.each([
    ['changed', `update ${table} set ${change}`],
    ['removed', `delete from ${table}`],
    ['emptied', `truncate ${table} cascade`],
    ['emptied by the way', 'truncate business cascade'],
    ['replaced', `update ${table} set business_id = business_id`],
  ])('is not %s', async (_how, statement) => {
    await expect(run(statement)).rejects.toMatchObject({
      code: 'QM001',
      message: expect.stringContaining('never changed or removed'),
    });
  });
});

it('is a full list: every table that grows only is on it', async () => {
  const { rows } = await sql<{ name: string }>`
    select distinct tgrelid::regclass::text as name from pg_trigger
    where tgfoid = 'refuse_change'::regproc and tgattr = ''::int2vector
      and tgname like '%_is_append_only'`.execute(base.database.executor);
  const named = appendOnly.map(([table]) => table);
  expect(rows.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
});

describe('the proof', () => {
  const failed = async () =>
    (await ledger.checks()).filter((check) => !check.ok).map(({ name, detail }) => [name, detail]);

  it('holds over untouched books', async () => {
    expect(await failed()).toEqual([]);
    expect((await ledger.checks()).map(({ name }) => name)).toEqual([
      'trial-balance',
      'transactions-balance',
      'kept-balances',
    ]);
  });

  it('names a transaction and a currency whose entry was changed', async () => {
    const one = `transaction_id = ${booked} and account_id = 1`;
    const change = (amount: string) =>
      asIfUnguarded(
        'ledger_entry',
        `update ledger_entry set amount_minor = ${amount} where ${one}`,
      );
    await change('amount_minor + 1');
    expect(await failed()).toEqual([
      ['trial-balance', 'KES is off by 0.01'],
      ['transactions-balance', expect.stringMatching(/^transaction tx_\w+ does not balance$/)],
      ['kept-balances', expect.stringContaining('rail:mpesa:collection keeps')],
    ]);
    await change('amount_minor - 1');
    expect(await failed()).toEqual([]);
  });

  it('names a transaction whose entries were removed', async () => {
    const of = `where transaction_id = ${booked}`;
    await run(`create table kept as select * from ledger_entry ${of}`);
    await asIfUnguarded('ledger_entry', `delete from ledger_entry ${of}`);
    const names = (await failed()).map(([name]) => name);
    expect(names).toEqual(['transactions-balance', 'kept-balances']);
    await run('insert into ledger_entry select * from kept');
    await run('drop table kept');
    expect(await failed()).toEqual([]);
  });

  it('names a transaction that never got entries', async () => {
    const id = await declare(2);
    expect((await failed()).map(([name]) => name)).toEqual(['transactions-balance']);
    await asIfUnguarded('ledger_transaction', `delete from ledger_transaction where id = ${id}`);
  });

  it.each([
    ['a balance', 'debits_minor = debits_minor + 100', 'debits_minor = debits_minor - 100'],
    [
      'both sides of a balance',
      'debits_minor = debits_minor + 1, credits_minor = credits_minor + 1',
      'debits_minor = debits_minor - 1, credits_minor = credits_minor - 1',
    ],
    ['a count', 'entry_count = entry_count + 1', 'entry_count = entry_count - 1'],
  ])('names an account that keeps %s its entries do not give', async (_what, tamper, undo) => {
    await run(`update ledger_balance set ${tamper} where account_id = 2`);
    expect(await failed()).toEqual([
      ['kept-balances', expect.stringContaining('revenue:trading keeps')],
    ]);
    await run(`update ledger_balance set ${undo} where account_id = 2`);
  });

  it('names two balanced currencies that were made of one', async () => {
    await run(`
      insert into ledger_account values (1, 9, 'fx', 'asset', 'USD', now())
      on conflict do nothing`);
    const one = `transaction_id = ${booked} and amount_minor < 0`;
    await asIfUnguarded('ledger_entry', `update ledger_entry set account_id = 9 where ${one}`);
    expect((await failed()).map(([name]) => name)).toEqual([
      'trial-balance',
      'transactions-balance',
      'kept-balances',
    ]);
    await asIfUnguarded('ledger_entry', `update ledger_entry set account_id = 2 where ${one}`);
    expect(await failed()).toEqual([]);
  });
});
