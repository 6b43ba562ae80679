import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import { statementRows, type LineFacts } from '../../test/support/scripted-statement.ts';
import { csvFile, pdfFile, xlsxFile } from '../../test/support/sheet-files.ts';
import type { StatementOrder, StatementRefusal } from './index.ts';
import { commit, fileOf, importFile, orderOf, paid, preview, yesterday } from './test-kit.ts';

let town: TestBusiness;

const two = [paid('A1'), paid('A2', { time: '2026-11-24 11:00:00', amount: '300' })];
const hourMs = 3_600_000;

async function refusal(
  file: Buffer,
  more: Partial<StatementOrder> = {},
): Promise<StatementRefusal> {
  const seen = await town.business.reconciliation.preview(orderOf(file, more));
  invariant(!seen.ok, 'it is refused');
  return seen.error;
}

const payments = () =>
  town.rows<{ receipt: string; state: string; road: string }>(
    'select receipt, state, road from payment order by receipt',
  );

const aTownEach = (): void => {
  beforeEach(async () => {
    town = await openBusiness();
  });
  afterEach(() => town.closeProved());
};

describe('a file', () => {
  // Nothing of it is kept, so one business is enough.
  beforeAll(async () => {
    town = await openBusiness();
  });
  afterAll(() => town.closeProved());

  it.each<[string, Partial<StatementOrder> & { file: Buffer }, object]>([
    ['a table that is none', { file: Buffer.from('a,b\n1,2\n') }, { kind: 'no-statement' }],
    [
      'another rail’s',
      { file: fileOf(two, { rail: 'airtel', account: 'wallet' }), rail: 'mpesa' },
      { kind: 'no-statement', asked: 'mpesa' },
    ],
    [
      'another shop’s',
      { file: fileOf(two, { shortCode: '999999' }) },
      { kind: 'foreign-short-code', shortCode: '999999' },
    ],
    ['an empty file', { file: Buffer.alloc(0) }, { kind: 'file-refused', file: { kind: 'empty' } }],
    [
      'a line nobody can read',
      { file: fileOf([paid('A1'), paid('A2', { amount: 'much' })]) },
      { kind: 'statement-damaged', problems: [{ line: 8 }] },
    ],
    [
      'a payment that takes money out',
      { file: fileOf([paid('A1'), paid('A2', { amount: '-3' })]) },
      { kind: 'statement-damaged', problems: [{ line: 8, why: 'a payment takes money out' }] },
    ],
    [
      'a receipt with two amounts',
      { file: fileOf([paid('A1'), paid('A1', { amount: '3' })]) },
      { kind: 'statement-damaged', problems: [{ line: 8 }] },
    ],
    [
      'a line of the year to come',
      { file: fileOf([paid('A1', { time: '2027-11-24 10:00:00' })]) },
      { kind: 'statement-damaged', problems: [{ line: 7 }] },
    ],
  ])('is refused for %s, and nothing is kept', async (_, { file, ...more }, error) => {
    expect(await refusal(file, more)).toMatchObject(error);
    expect(await town.countOf('statement_preview')).toBe(0);
  });
});

describe('a preview', () => {
  aTownEach();

  it('says what would happen, and does nothing of it', async () => {
    await town.earn(shillings(500));
    const seen = await preview(
      town,
      fileOf([
        paid('A1'),
        paid('EARN1', { amount: '500', time: '2026-11-25 11:00:00' }),
        { ...paid('F1'), kind: 'fee', amount: '-5' },
        { ...paid('X1'), kind: 'payout', amount: '-100' },
        { ...paid('S1'), kind: 'settlement', amount: '-50' },
        { ...paid('T1'), kind: 'top-up', amount: '40' },
        paid('A9', { status: 'Failed' }),
      ]),
    );
    expect(seen).toMatchObject({
      isImported: false,
      name: 'statement.csv',
      kind: 'csv',
      rail: 'mpesa',
      account: 'Utility Account',
      shortCode: '600111',
      lineCount: 6,
      repeatedCount: 0,
      incompleteCount: 1,
      newPayments: { count: 1, sumMinor: shillings(700) },
      knownPayments: { count: 1, sumMinor: shillings(500) },
      otherPayments: { count: 0 },
      unmatchedPayouts: { count: 1, sumMinor: -shillings(100) },
      fees: { count: 1, sumMinor: -shillings(5) },
      topUps: { count: 1 },
      others: { count: 1 },
      remarks: [expect.stringContaining('1 of its payments')],
    });
    expect(await town.countOf('payment')).toBe(1);
    expect(await town.countOf('statement_file')).toBe(0);
  });

  const wide = [90, 120, 80, 90, 90, 90, 90, 90, 90];

  it('is the same of CSV, Excel and a locked PDF', async () => {
    const lines = [...two, { ...paid('A3'), kind: 'fee' as const, amount: '-5' }];
    const rows = statementRows({ ...yesterday, opening: '0.00', closing: '995.00' }, lines);
    const above = rows.length - lines.length - 1;
    const files = [
      csvFile(rows),
      await xlsxFile(rows),
      await pdfFile(rows, { widths: wide, password: '774411', above }),
    ];
    const seen = [];
    for (const file of files) {
      const { id: _id, kind, ...rest } = await preview(town, file, { password: '774411' });
      seen.push({ kind, rest });
    }
    expect(seen.map(({ kind }) => kind)).toEqual(['csv', 'xlsx', 'pdf']);
    expect(seen[1]?.rest).toEqual(seen[0]?.rest);
    expect(seen[2]?.rest).toEqual(seen[0]?.rest);
    expect(seen[0]?.rest).toMatchObject({ newPayments: { count: 2 }, fees: { count: 1 } });
  });

  it('of a locked PDF is imported with the password it was given', async () => {
    const rows = statementRows(yesterday, two);
    const options = { widths: wide, password: '1', above: rows.length - two.length - 1 };
    const file = await pdfFile(rows, options);
    const seen = await preview(town, file, { password: '1' });
    expect((await commit(town, seen)).booked.paymentsBooked).toBe(2);
    const stored = await town.rows<{ text: string }>(
      `select statement_file::text || statement_chunk::text as text
       from statement_file, statement_chunk`,
    );
    expect(JSON.stringify(stored)).not.toContain(file.subarray(0, 20).toString('hex'));
    expect(await refusal(file)).toMatchObject({ file: { kind: 'password-missing' } });
    expect(await refusal(file, { password: '2' })).toMatchObject({
      file: { kind: 'password-wrong' },
    });
  });

  it('is gone after a day', async () => {
    const seen = await preview(town, fileOf(two));
    await town.clock.advance(25 * hourMs);
    const late = await town.business.reconciliation.commit(seen.id, owner);
    expect(late).toEqual({ ok: false, error: { kind: 'no-such-preview' } });
    expect(await town.countOf('statement_preview_chunk')).toBe(1);
    await town.business.reconciliation.sweep();
    expect(await town.countOf('statement_preview_chunk')).toBe(0);
    expect(await town.countOf('payment')).toBe(0);
  });

  it('remarks that payments are older than the books', async () => {
    expect((await preview(town, fileOf(two))).remarks).toEqual([
      expect.stringContaining('downloaded before'),
      expect.stringMatching(/^2 of its payments came before 2026-11-25/),
    ]);
  });

  it('remarks that lines do not add up to the closing balance', async () => {
    const seen = await preview(town, fileOf(two, { opening: '0.00', closing: '900.00' }));
    expect(seen.remarks[0]).toContain('do not add up');
  });
});

describe('an import', () => {
  aTownEach();

  it('books exactly the payments whose callbacks never came, once', async () => {
    await town.earn(shillings(500));
    const file = fileOf([...two, paid('EARN1', { amount: '500', time: '2026-11-25 11:59:00' })]);
    const first = await importFile(town, file);
    expect(first.booked).toMatchObject({
      state: 'done',
      linesDone: 3,
      linesNew: 3,
      paymentsBooked: 2,
      bookedMinor: shillings(1_000),
      paymentsKnown: 1,
    });
    expect(await payments()).toEqual([
      { receipt: 'A1', state: 'earned', road: 'statement' },
      { receipt: 'A2', state: 'earned', road: 'statement' },
      { receipt: 'EARN1', state: 'earned', road: 'paybill-confirmation' },
    ]);
    const evidence = await town.rows(`select kind, count(*) from evidence group by 1 order by 1`);
    expect(evidence).toEqual([
      { kind: 'callback', count: 1n },
      { kind: 'statement', count: 2n },
    ]);
    expect(await preview(town, file)).toMatchObject({ isImported: true, repeatedCount: 3 });
    expect(await importFile(town, file)).toEqual(first);
    expect(await town.countOf('payment')).toBe(3);
  });

  it('counts the money on the day it came', async () => {
    await importFile(town, fileOf(two));
    const days = await town.rows('select business_date, amount_minor from daily_revenue');
    expect(days).toEqual([{ business_date: '2026-11-24', amount_minor: shillings(1_000) }]);
  });

  it('takes lines that two statements share once', async () => {
    await importFile(town, fileOf(two));
    const again = await preview(town, fileOf([...two, paid('A3')]));
    expect(again).toMatchObject({ repeatedCount: 2, newPayments: { count: 1 } });
    expect((await commit(town, again)).booked).toMatchObject({ linesNew: 1, paymentsBooked: 1 });
    expect(await town.countOf('statement_line')).toBe(3);
  });

  it('pays the charge a payer named, and settles its unanswered prompt', async () => {
    const { charge, promptId } = await town.prompted({ amountMinor: shillings(700) });
    await town.corrupt(
      `update prompt set state = 'unknown' where id = ${promptId};
       delete from prompt_due where id = ${promptId};
       insert into exception (business_id, id, kind, state, subject, detail, opened_at)
       select 1, 1, 'unknown-outcome', 'open', 'pr_' || substr(own_id, 3), '{}', now()
       from prompt;
       insert into exception_count values (1, 1024, 1)`,
    );
    const line = paid('A1', { reference: charge.reference, time: '2026-11-25 12:01:00' });
    await importFile(town, fileOf([line], { to: '2026-11-25 12:30:00' }));
    expect((await town.business.billing.find(charge.id))?.state).toBe('paid');
    const [prompt] = await town.business.collections.promptsOf(charge.id);
    // Nobody has said that it was by the prompt: it may have been cancelled before.
    expect(prompt).toMatchObject({ state: 'paid', reason: 'paid-otherwise' });
    expect(await town.exceptions()).toEqual([]);
    expect(await town.exceptions('resolved')).toEqual(['unknown-outcome']);
  });

  it('leaves alone a prompt of that charge which had long been over', async () => {
    const { charge } = await town.prompted({ amountMinor: shillings(700) });
    const line = paid('A1', { reference: charge.reference, time: '2026-11-25 12:40:00' });
    await town.clock.advance(hourMs);
    await importFile(town, fileOf([line], { to: '2026-11-25 12:59:00' }));
    expect((await town.business.billing.find(charge.id))?.state).toBe('paid');
    const [prompt] = await town.business.collections.promptsOf(charge.id);
    expect(prompt?.state).toBe('accepted');
  });

  it('holds what nobody can place in suspense', async () => {
    await importFile(town, fileOf([paid('A1', { reference: 'whatever' })]));
    expect(await payments()).toMatchObject([{ state: 'suspense' }]);
    expect(await town.exceptions()).toEqual(['unknown-payer']);
  });

  it('contradicts a receipt that is booked with another amount, and books nothing', async () => {
    await town.earn(shillings(500));
    const line = paid('EARN1', { amount: '600', time: '2026-11-25 11:59:00' });
    const done = await importFile(town, fileOf([line]));
    expect(done.booked).toMatchObject({ paymentsBooked: 0, exceptionsOpened: 1 });
    expect(await town.exceptions()).toEqual(['receipt-contradiction']);
    const [payment] = await town.rows('select amount_minor from payment');
    expect(payment).toEqual({ amount_minor: shillings(500) });
  });

  it('is one for two who import at once', async () => {
    const other = await town.neighbour();
    const many = Array.from({ length: 700 }, (_, n) => paid(`M${n}`));
    const seen = await preview(town, fileOf(many));
    const [mine, theirs] = await Promise.all([commit(town, seen), commit(other, seen)]);
    expect(theirs).toEqual(mine);
    expect(mine.booked).toMatchObject({ paymentsBooked: 700, linesNew: 700, state: 'done' });
    expect(await town.countOf('payment')).toBe(700);
    expect(await town.countOf('statement_file')).toBe(1);
  });

  it('is one for two who meet between the keys of its file', async () => {
    // Both bring both keys. The first is held up after its first key is in and before its second.
    await town.rows(`
      create function lingering(name text) returns text language plpgsql immutable as $$
        begin perform pg_sleep(0.3); return name; end $$;
      alter table statement_file drop constraint statement_file_business_id_digest_key;
      create index on statement_file (lingering(name));
      alter table statement_file add unique (business_id, digest)`);
    const seen = await preview(town, fileOf([paid('A1')]));
    const [mine, theirs] = await Promise.all([commit(town, seen), commit(town, seen)]);
    expect(theirs).toEqual(mine);
    expect(await town.countOf('payment')).toBe(1);
    expect(await town.countOf('statement_file')).toBe(1);
  });

  it('goes on after a crash between two groups, as if there had been none', async () => {
    const many = Array.from({ length: 1_100 }, (_, n) => paid(`M${n}`));
    const seen = await preview(town, fileOf(many));
    const { reconciliation } = town.business;
    const broken = reconciliation.commit(seen.id, owner, () => town.fault.breakAt(1));
    await expect(broken).rejects.toThrow('terminated');
    town.fault.mend();
    expect(await town.countOf('payment')).toBe(500);
    const [half] = await reconciliation.statements({ before: undefined, limit: 1 });
    expect(half?.booked).toMatchObject({ state: 'booking', linesDone: 500 });
    const again = await preview(town, fileOf(many));
    expect(again).toMatchObject({ id: seen.id, isImported: false, repeatedCount: 500 });
    expect((await commit(town, again)).booked).toMatchObject({
      state: 'done',
      linesDone: 1_100,
      paymentsBooked: 1_100,
      bookedMinor: shillings(700 * 1_100),
    });
    expect(await town.countOf('payment')).toBe(1_100);
  });

  it('may be cut off before any statement of its own: all of a group, or nothing', async () => {
    const { reconciliation } = town.business;
    let broke = true;
    let statement = 1;
    for (; broke; statement += 1) {
      const lines: readonly LineFacts[] = [
        paid(`C${statement}`),
        { ...paid(`F${statement}`), kind: 'fee', amount: '-5' },
        { ...paid(`X${statement}`), kind: 'payout', amount: '-10' },
      ];
      const seen = await preview(town, fileOf(lines));
      const before = await town.countOf('payment');
      town.fault.breakAt(statement);
      broke = await reconciliation.commit(seen.id, owner).then(
        () => false,
        () => true,
      );
      town.fault.mend();
      expect((await town.countOf('payment')) - before).toBe(
        (await town.rows(`select 1 from statement_line where receipt = 'C${statement}'`)).length,
      );
      expect((await commit(town, seen)).booked).toMatchObject({ state: 'done', linesNew: 3 });
      expect((await town.countOf('payment')) - before).toBe(1);
    }
    expect(statement).toBeGreaterThan(20);
    const [fees] = await town.rows<{ count: bigint }>(
      `select count(*) from ledger_transaction where kind = 'fee-corrected'`,
    );
    expect(fees?.count).toBe(BigInt(statement - 1));
  }, 120_000);

  it('keeps file and lines for ever, sealed, and says who imported them', async () => {
    await importFile(town, fileOf([paid('A1', { reference: 'SECRET7' })]));
    for (const table of ['statement_file', 'statement_chunk', 'statement_line']) {
      await expect(town.rows(`delete from ${table}`)).rejects.toThrow('never changed');
      const text = JSON.stringify(
        (await town.rows<{ t: string }>(`select x::text as t from ${table} x`)).map(({ t }) => t),
      );
      expect(text).not.toContain(Buffer.from('SECRET7').toString('hex'));
      expect(text).not.toContain('SECRET7');
    }
    const { audit, database } = town.business;
    const { rows } = {
      rows: await town.rows<{ action: string }>('select action from audit_record'),
    };
    expect(rows.map(({ action }) => action)).toContain('statement.imported');
    expect((await audit.verify(database.executor)).differing).toEqual([]);
  });
});

describe('a payment in the books that the statement lacks', () => {
  aTownEach();

  const missing = async () =>
    (await town.exceptions()).filter((kind) => kind.startsWith('missing'));
  const lateAt = '2026-11-25 12:00:00';

  beforeEach(async () => {
    await town.earn(shillings(500));
    await town.clock.advance(24 * hourMs);
  });

  it('is an exception, which a statement that has it resolves', async () => {
    const facts = { from: '2026-11-25 00:00:00', to: '2026-11-25 23:59:59' };
    const file = fileOf([paid('A1', { time: lateAt })], facts);
    const foretold = { count: 1, sumMinor: 50_000n };
    expect((await preview(town, file)).missingPayments).toEqual(foretold);
    const done = await importFile(town, file);
    expect(done.booked.exceptionsOpened).toBe(1);
    expect(await missing()).toEqual(['missing-on-statement']);
    const whole = [paid('A1', { time: lateAt }), paid('EARN1', { amount: '500', time: lateAt })];
    const { missingPayments } = await preview(town, fileOf(whole, facts));
    expect(missingPayments).toEqual({ count: 0, sumMinor: 0n });
    await importFile(town, fileOf(whole, facts));
    expect(await missing()).toEqual([]);
    expect(await town.exceptions('resolved')).toContain('missing-on-statement');
  });

  it.each<[string, Parameters<typeof fileOf>[1], string]>([
    ['ends before it', { from: '2026-11-25 00:00:00', to: '2026-11-25 11:59:00' }, lateAt],
    ['ends just after it', { from: '2026-11-25 00:00:00', to: '2026-11-25 12:09:00' }, lateAt],
    ['is of another wallet', { from: '2026-11-25 00:00:00', account: 'Charges' }, lateAt],
    [
      'reaches into the present, and was made nobody knows when',
      { from: '2026-11-25 00:00:00', to: '2026-11-26 23:59:59' },
      '2026-11-25 11:00:00',
    ],
  ])('is none where the statement %s', async (_, facts, time) => {
    const file = fileOf([paid('A1', { time })], facts);
    expect((await preview(town, file)).missingPayments.count).toBe(0);
    await importFile(town, file);
    expect(await missing()).toEqual([]);
  });

  it('is one where two statements meet at its moment', async () => {
    const morning = { from: '2026-11-25 00:00:00', to: '2026-11-25 11:59:59' };
    const evening = { from: '2026-11-25 12:00:00', to: '2026-11-25 23:59:59' };
    await importFile(town, fileOf([], morning));
    expect(await missing()).toEqual([]);
    expect((await preview(town, fileOf([], evening))).missingPayments.count).toBe(1);
    await importFile(town, fileOf([], evening));
    expect(await missing()).toEqual(['missing-on-statement']);
  });
});
