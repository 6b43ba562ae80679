import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { numberFromId, parseBusinessDate, shillings, type BusinessDate } from '#kernel';
import { sql } from '#platform/db';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { LineFacts } from '../../test/support/scripted-statement.ts';
import { driftOf, rank, type Difference } from './days/day.ts';
import { createDayStore } from './days/store.ts';
import { createDifferenceStore } from './differences/store.ts';
import { fileOf, importFile, paid } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openBusiness({ payoutFeeMinor: 1_300n });
});
afterEach(() => town.closeProved());

const date = (text: string): BusinessDate => {
  const parsed = parseBusinessDate(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const today = date('2026-11-25');
const hourMs = 3_600_000;
const facts = { from: '2026-11-25 00:00:00', to: '2026-11-25 23:59:59' };
const at = '2026-11-25 12:00:00';
const day = (of = today) => town.business.reconciliation.day('mpesa', of);
const kinds = async () => (await day()).differences.map(({ kind }) => kind);

/** The day is over, and its statement is there. */
const close = async (...lines: readonly LineFacts[]): Promise<void> => {
  await town.clock.advance(24 * hourMs);
  await importFile(town, fileOf(lines, facts));
};

const payOut = async (): Promise<void> => {
  const planned = await town.business.transfers.request({
    rail: 'mpesa',
    amountMinor: shillings(100),
    why: 'rent',
    requestedBy: owner,
    requestKey: undefined,
  });
  if (!planned.ok) throw new Error(planned.error.kind);
  await town.business.transfers.work();
  await town.deliver('payout-result', numberFromId(planned.value.id), {
    kind: 'payout-result',
    code: '0',
    description: 'done',
    ownId: planned.value.ownId,
    providerRequestId: `AG_${planned.value.ownId}`,
    verdict: 'completed',
    receipt: 'OUT1',
    amountMinor: planned.value.amountMinor,
    completedAt: undefined,
  });
};

const earned: LineFacts = { ...paid('EARN1'), amount: '500', time: at, balance: '1500' };
const paidOut: LineFacts = {
  ...paid('OUT1'),
  kind: 'payout',
  amount: '-100',
  time: '2026-11-25 12:00:01',
  balance: '1400',
};
const fee: LineFacts = {
  ...paidOut,
  kind: 'fee',
  amount: '-13',
  time: '2026-11-25 12:00:02',
  balance: '1387',
};

describe('a day three ways', () => {
  it('has no statement until one is imported', async () => {
    await town.earn(shillings(500));
    expect(await day()).toMatchObject({
      state: 'no-statement',
      account: 'Utility Account',
      covers: [],
      isWhole: false,
      statement: undefined,
      books: { payments: { count: 1, sumMinor: shillings(500) } },
      events: { payments: { count: 1, sumMinor: shillings(500) } },
      differences: [],
    });
  });

  it('agrees where books, events and statement say the same', async () => {
    await town.earn(shillings(500));
    await payOut();
    await close(earned, paidOut, fee);
    const found = await day();
    expect(found).toMatchObject({ state: 'agrees', isWhole: true, differences: [] });
    const figures = {
      payments: { count: 1, sumMinor: shillings(500) },
      payouts: { count: 1, sumMinor: shillings(100) },
    };
    expect(found.books).toMatchObject({ ...figures, fees: { count: 1, sumMinor: 1_300n } });
    expect(found.events).toMatchObject(figures);
    expect(found.statement).toMatchObject({ ...figures, fees: { count: 1, sumMinor: 1_300n } });
    expect(found.balances).toEqual({
      statement: { openingMinor: shillings(1_000), closingMinor: 138_700n },
      books: { openingMinor: 0n, closingMinor: shillings(400) },
      reported: undefined,
    });
    expect((await day(date('2026-11-26'))).balances.books).toEqual({
      openingMinor: shillings(400),
      closingMinor: shillings(400),
    });
  });

  it('finds the day’s transfers without looking through all of them', async () => {
    await town.earn(shillings(500));
    await payOut();
    await town.corrupt(
      `insert into transfer (business_id, id, rail, kind, state, amount_minor, own_id, receipt,
         business_date, requested_by, why, planned_at, settled_at)
       select 1, n, 'mpesa', 'top-up', 'completed', 100, 'QT' || n, 'OLD' || n, '2026-11-01',
         'owner', 'rent', '2026-11-01', '2026-11-01'
       from generate_series(1, 3000) n`,
    );
    await town.corrupt('analyze transfer');
    await town.corrupt('analyze ledger_transaction');
    const { database, businessId } = town.business;
    const fromAt = town.clock.now() - 12 * hourMs;
    const cover = { fromAt, toAt: fromAt + 24 * hourMs };
    const wallets = { account: 'Utility Account', payoutAccount: 'Utility Account' };
    const told = { covers: [cover], payoutCovers: [cover], limit: 10 };
    const of = { rail: 'mpesa', date: today, day: cover, ...wallets } as const;
    const days = createDayStore({ businessId });
    const differences = createDifferenceStore({ businessId });
    const readRows = await database.transaction(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      const payouts = { count: 1, sumMinor: shillings(100) };
      expect((await days.books(tx, of)).get('payout')).toEqual(payouts);
      expect((await days.events(tx, of)).get('payout')).toEqual(payouts);
      const missing = await differences.outgoing(tx, of, told);
      expect(missing).toMatchObject([{ kind: 'payout-not-on-statement', receipt: 'OUT1' }]);
      const { rows } = await sql<{ count: bigint }>`
        select seq_tup_read + idx_tup_fetch as count from pg_stat_xact_user_tables
        where relname = 'transfer'`.execute(tx);
      return Number(rows[0]?.count);
    });
    await town.corrupt("delete from transfer where receipt like 'OLD%'");
    expect(readRows).toBeLessThan(100);
  });

  it('names what only the statement has, newest balance order or not', async () => {
    await close(
      { ...paid('S1'), kind: 'settlement', amount: '-50', time: '2026-11-25 15:00:00' },
      { ...paid('X1'), kind: 'payout', amount: '-70', time: '2026-11-25 14:00:00' },
      paid('N1', { time: '2026-11-25 13:00:00' }),
    );
    const found = await day();
    expect(found.state).toBe('differs');
    expect(found.differences).toMatchObject([
      {
        kind: 'outgoing-not-booked',
        receipt: 'S1',
        amountMinor: -shillings(50),
        line: 'settlement',
        inBooks: false,
        onStatement: true,
      },
      { kind: 'outgoing-not-booked', receipt: 'X1', line: 'payout' },
      {
        kind: 'told-by-statement-only',
        receipt: 'N1',
        inBooks: true,
        inEvents: false,
        onStatement: true,
      },
    ]);
  });

  it('agrees, with a remark, where a callback never came', async () => {
    await close(paid('N1', { time: at }));
    expect(await day()).toMatchObject({
      state: 'agrees',
      books: { payments: { count: 1 } },
      events: { payments: { count: 0 } },
      differences: [{ kind: 'told-by-statement-only', subject: expect.stringMatching(/^pay_/) }],
    });
  });

  it('names what only the books have', async () => {
    await town.earn(shillings(500));
    await payOut();
    await close();
    expect(await kinds()).toEqual(['payment-not-on-statement', 'payout-not-on-statement']);
    expect((await day()).state).toBe('differs');
  });

  it('names amounts that differ, both of them', async () => {
    await town.earn(shillings(500));
    await payOut();
    await close({ ...earned, amount: '600' }, { ...paidOut, amount: '-90' });
    expect((await day()).differences).toMatchObject([
      { kind: 'amount-differs', amountMinor: shillings(500), otherMinor: shillings(600) },
      { kind: 'amount-differs', amountMinor: -shillings(90), otherMinor: shillings(100) },
    ]);
  });

  it('blames nobody for what lies outside of the statement', async () => {
    await town.earn(shillings(500));
    await town.clock.advance(24 * hourMs);
    await importFile(town, fileOf([], { ...facts, to: '2026-11-25 11:00:00' }));
    const found = await day();
    expect(found).toMatchObject({ state: 'agrees', isWhole: false, differences: [] });
    expect(found.covers).toHaveLength(1);
  });

  it('shows claims that no provider has vouched for', async () => {
    await town.deliverUnlisted('paybill-confirmation', 0n, {
      kind: 'payer-payment',
      receipt: 'CLAIM1',
      amountMinor: shillings(5),
      shortCode: '600111',
      accountReference: 'AI',
      payer: undefined,
      payerName: undefined,
      occurredAt: town.clock.now(),
    });
    await close();
    expect(await day()).toMatchObject({
      state: 'agrees',
      differences: [{ kind: 'claim-not-vouched-for', receipt: 'CLAIM1', inEvents: true }],
    });
  });

  it('remarks that the wallet moved otherwise, where nothing else explains it', async () => {
    await town.earn(shillings(500));
    await payOut();
    await close(earned, { ...paidOut, balance: '1350' }, { ...fee, balance: '1337' });
    expect(await day()).toMatchObject({
      state: 'agrees',
      differences: [{ kind: 'wallet-moved-otherwise', amountMinor: -shillings(50) }],
    });
  });

  it('remarks on it beside what does not weigh, but not beside what does', async () => {
    const over = paid('N1', { time: at, balance: '1700' });
    const later = { ...paid('N2', { time: '2026-11-25 13:00:00' }), balance: '2450' };
    await close(over, later);
    expect(await day()).toMatchObject({ state: 'agrees' });
    expect(await kinds()).toEqual([
      'told-by-statement-only',
      'told-by-statement-only',
      'wallet-moved-otherwise',
    ]);
    await importFile(
      town,
      fileOf([{ ...paid('X1'), kind: 'payout', amount: '-70', time: at }], facts),
    );
    expect(await kinds()).toEqual([
      'outgoing-not-booked',
      'told-by-statement-only',
      'told-by-statement-only',
    ]);
  });

  it('shows the balance that the provider reported last that day', async () => {
    await town.earn(shillings(77));
    await town.deliver('balance-result', 0n, {
      kind: 'balance-report',
      verdict: 'reported',
      code: '0',
      accounts: [{ name: 'Utility Account', availableMinor: shillings(77) }],
    });
    expect((await day()).balances.reported).toEqual({
      availableMinor: shillings(77),
      reportedAt: town.clock.now(),
    });
    expect((await day(date('2026-11-24'))).balances.reported).toBeUndefined();
  });

  it('shows the balance that was taken last, though an older one was kept later', async () => {
    const [taken, older] = ['2026-11-25T11:00:00Z', '2026-11-25T10:00:00Z'];
    await town.rows(
      `insert into balance_report
       values (1, 1, 'mpesa', 'Utility Account', 0, '${taken}'),
         (1, 2, 'mpesa', 'Utility Account', 8000, '${older}')`,
    );
    expect((await day()).balances.reported).toEqual({
      availableMinor: 0n,
      reportedAt: Date.parse(taken),
    });
  });

  it('is in the outcome of the nightly proof', async () => {
    await close(paid('N1', { time: at }));
    expect(await town.business.steps.cycles.proof()).toMatchObject({
      reconciled: { date: '2026-11-25', mpesa: 'agrees', airtel: 'no-statement' },
    });
  });
});

describe('differences', () => {
  const difference = (kind: Difference['kind']): Difference => ({
    kind,
    receipt: undefined,
    amountMinor: undefined,
    otherMinor: undefined,
    occurredAt: undefined,
    inBooks: true,
    inEvents: true,
    onStatement: true,
    line: undefined,
    subject: undefined,
  });

  it('are named in order of urgency, and not without end', () => {
    const many = Array.from({ length: 600 }, () => difference('told-by-statement-only'));
    const ranked = rank([...many, difference('amount-differs')]);
    expect(ranked).toHaveLength(500);
    expect(ranked[0]?.kind).toBe('amount-differs');
  });

  const moved = (openingMinor: bigint | undefined, closingMinor: bigint) => ({
    openingMinor,
    closingMinor,
  });
  it.each([
    { statement: moved(0n, 90n), books: moved(5n, 100n), feesOnWalletMinor: -5n, drift: 0n },
    { statement: moved(0n, 90n), books: moved(0n, 90n), feesOnWalletMinor: 0n, drift: 0n },
    { statement: moved(0n, 90n), books: moved(0n, 80n), feesOnWalletMinor: 0n, drift: 10n },
    { statement: moved(undefined, 9n), books: moved(0n, 1n), feesOnWalletMinor: 0n, drift: 0n },
  ])('of wallets that moved: %o', ({ drift, ...wallets }) => {
    expect(driftOf(wallets)).toBe(drift);
  });
});
