import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, type BusinessId } from '#kernel';
import { sql } from '#platform/db';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { fees, railCollection, revenue, suspense, transferInFlight } from './account.ts';
import { isTransient } from './errors.ts';
import { createLedger, type Ledger } from './service.ts';
import { credit, debit, type Posting } from './transaction.ts';

const wallet = railCollection('mpesa');
const trading = revenue('trading');
const accounts = [wallet, trading, revenue('airtime'), suspense('mpesa'), fees('mpesa')];

let base: TestFoundation;
let ledger: Ledger;
/** The same books as another process keeps them. */
let other: Ledger;

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(async () => {
  for (const table of ['ledger_balance', 'ledger_entry', 'ledger_transaction', 'ledger_account']) {
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(base.database.executor);
    await sql`delete from ${sql.table(table)}`.execute(base.database.executor);
    await sql`alter table ${sql.table(table)} enable trigger user`.execute(base.database.executor);
  }
  ledger = createLedger(base);
  other = createLedger({ ...base, database: base.neighbour });
  await ledger.openAccounts(accounts);
  await other.openAccounts(accounts);
});

let receipts = 0;

const sale = (amountMinor: bigint, change: Partial<Posting> = {}): Posting => {
  receipts += 1;
  return {
    id: base.ids.next('ledgerTransaction'),
    kind: 'payment',
    idempotencyKey: `payment:mpesa:R${receipts}`,
    subject: `pay_${receipts}`,
    occurredAt: base.clock.now(),
    entries: [debit(wallet, amountMinor), credit(trading, amountMinor)],
    ...change,
  };
};

const post = (postings: readonly Posting[], books = ledger) =>
  (books === other ? base.neighbour : base.database).transaction((tx) => books.post(tx, postings));

async function balanceOf(name: string): Promise<bigint | undefined> {
  const balances = await ledger.balances();
  return balances.find((account) => account.name === name)?.balanceMinor;
}

async function countOf(table: string): Promise<bigint> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from ${sql.table(table)}`.execute(
    base.database.executor,
  );
  return rows[0]?.n ?? -1n;
}

const failedChecks = async (): Promise<readonly string[]> =>
  (await ledger.checks()).filter((check) => !check.ok).map(({ name }) => name);

describe('posting', () => {
  it('changes both accounts, and keeps debits and credits apart', async () => {
    const [first, second] = [sale(500_00n), sale(20_00n)];
    expect(await post([first, second])).toEqual({ ok: true, value: [first, second] });
    const back = sale(20_00n, { entries: [debit(trading, 20_00n), credit(wallet, 20_00n)] });
    await post([back]);
    const moved = (await ledger.balances()).filter(({ debitsMinor }) => debitsMinor > 0n);
    expect(moved).toEqual([
      {
        name: 'rail:mpesa:collection',
        kind: 'asset',
        currency: 'KES',
        debitsMinor: 520_00n,
        creditsMinor: 20_00n,
        balanceMinor: 500_00n,
      },
      {
        name: 'revenue:trading',
        kind: 'income',
        currency: 'KES',
        debitsMinor: 20_00n,
        creditsMinor: 520_00n,
        balanceMinor: -500_00n,
      },
    ]);
    expect(await failedChecks()).toEqual([]);
  });

  it('is found again by what the money is about', async () => {
    const posting = sale(7_00n, { occurredAt: base.clock.now() - 3 * dayMs });
    await post([posting, sale(1_00n)]);
    expect(await ledger.entriesOf(posting.subject)).toEqual([
      expect.objectContaining({
        account: 'rail:mpesa:collection',
        amountMinor: 7_00n,
        postedAt: base.clock.now(),
      }),
      expect.objectContaining({ account: 'revenue:trading', amountMinor: -7_00n, kind: 'payment' }),
    ]);
    expect(await ledger.entriesOf('pay_nobody')).toEqual([]);
  });

  it('puts money on the Nairobi day on which it moved', async () => {
    const late = sale(1_00n, { occurredAt: Date.parse('2026-11-22T20:59:59.999Z') });
    const early = sale(1_00n, { occurredAt: Date.parse('2026-11-22T21:00:00Z') });
    await post([late, early]);
    const { rows } = await sql`
      select business_date as date from ledger_transaction order by id`.execute(
      base.database.executor,
    );
    expect(rows).toEqual([{ date: '2026-11-22' }, { date: '2026-11-23' }]);
  });

  it('takes hundreds at once', async () => {
    const group = Array.from({ length: 700 }, (_, n) => sale(BigInt(n + 1)));
    const posted = await post(group);
    expect(posted.ok && posted.value.length).toBe(700);
    expect(await balanceOf(wallet.name)).toBe((700n * 701n) / 2n);
    expect(await countOf('ledger_entry')).toBe(1_400n);
    expect(await failedChecks()).toEqual([]);
  });

  it('of what must be new ends the transaction where it is not', async () => {
    const first = sale(5_00n);
    await base.database.transaction((tx) => ledger.postNew(tx, [first, sale(6_00n)]));
    const again = base.database.transaction((tx) =>
      ledger.postNew(tx, [sale(7_00n), { ...first, id: base.ids.next('ledgerTransaction') }]),
    );
    await expect(again).rejects.toThrow('a new posting has a new key');
    expect(await countOf('ledger_transaction')).toBe(2n);
    expect(await balanceOf(wallet.name)).toBe(11_00n);
    expect(await failedChecks()).toEqual([]);
  });

  it('takes nothing as nothing, and refuses more than a thousand as a defect', async () => {
    expect(await post([])).toEqual({ ok: true, value: [] });
    const group = Array.from({ length: 1_001 }, () => sale(1n));
    await expect(post(group)).rejects.toThrow('at most 1000');
    expect(await countOf('ledger_transaction')).toBe(0n);
  });

  it.each([
    ['that does not balance', { entries: [debit(wallet, 2n), credit(trading, 1n)] }, 'zero'],
    [
      'to an account that is not open',
      { entries: [debit(transferInFlight('airtel'), 1n), credit(trading, 1n)] },
      'is open',
    ],
  ])('books nothing of a group with one %s', async (_what, change, statement) => {
    await expect(post([sale(1n), sale(1n, change)])).rejects.toThrow(statement);
    expect(await countOf('ledger_transaction')).toBe(0n);
    expect(await countOf('ledger_entry')).toBe(0n);
  });

  it('keeps businesses apart', async () => {
    await sql`
      insert into business (business_id, name, mode, created_at)
      values (2, 'Kiosk', 'sandbox', now()) on conflict do nothing`.execute(base.database.executor);
    const second = createLedger({ ...base, businessId: 2 as BusinessId });
    await second.openAccounts(accounts);
    const posting = sale(5n);
    await post([posting], second);
    expect(await balanceOf(wallet.name)).toBe(0n);
    expect((await post([posting])).ok).toBe(true);
    expect(await balanceOf(wallet.name)).toBe(5n);
    expect(await failedChecks()).toEqual([]);
  });
});

describe('accounts', () => {
  it('are opened once, by however many processes', async () => {
    const more = [...accounts, fees('airtel'), suspense('airtel')];
    await Promise.all([ledger.openAccounts(more), other.openAccounts(more)]);
    const names = (await ledger.balances()).map(({ name }) => name);
    expect(names).toEqual(more.map(({ name }) => name).toSorted());
    await post([sale(1n, { entries: [debit(fees('airtel'), 1n), credit(wallet, 1n)] })], other);
    expect(await balanceOf('fees:airtel')).toBe(1n);
  });

  it('keep their kind', async () => {
    const changed = ledger.openAccounts([{ ...wallet, kind: 'expense' }]);
    await expect(changed).rejects.toThrow('is open as expense');
  });
});

describe('an idempotency key', () => {
  it('books once, in one group or in many', async () => {
    const posting = sale(9_00n);
    const again = { ...posting, id: base.ids.next('ledgerTransaction') };
    expect(await post([posting, again])).toEqual({ ok: true, value: [posting] });
    expect(await post([again])).toEqual({ ok: true, value: [] });
    const fresh = sale(1_00n);
    expect(await post([again, fresh])).toEqual({ ok: true, value: [fresh] });
    expect(await balanceOf(wallet.name)).toBe(10_00n);
  });

  it.each([
    ['amount', { entries: [debit(wallet, 8_00n), credit(trading, 8_00n)] }],
    ['account', { entries: [debit(wallet, 9_00n), credit(revenue('airtime'), 9_00n)] }],
    ['subject', { subject: 'pay_other' }],
    ['time', { occurredAt: 1 }],
  ])('with another %s is refused, and nothing of the group stays', async (_what, change) => {
    const posting = sale(9_00n);
    await post([posting]);
    const forged = { ...posting, ...change, id: base.ids.next('ledgerTransaction') };
    // The caller goes on and commits: that is its right after a refusal.
    const refused = await base.database.transaction((tx) =>
      ledger.post(tx, [sale(1_00n), forged, sale(1_00n)]),
    );
    const error = { kind: 'key-used-for-other-input', idempotencyKey: posting.idempotencyKey };
    expect(refused).toEqual({ ok: false, error });
    expect(!refused.ok && isTransient(refused.error)).toBe(false);
    expect(await countOf('ledger_transaction')).toBe(1n);
    expect(await balanceOf(wallet.name)).toBe(9_00n);
    expect(await failedChecks()).toEqual([]);
  });

  it('contradicted within one group is refused as a whole', async () => {
    const posting = sale(9_00n);
    const forged = {
      ...sale(8_00n),
      idempotencyKey: posting.idempotencyKey,
    };
    expect(await post([posting, forged])).toMatchObject({ ok: false });
    expect(await countOf('ledger_transaction')).toBe(0n);
    expect((await post([posting])).ok).toBe(true);
  });

  it('leaves the caller’s transaction usable after a refusal', async () => {
    const posting = sale(9_00n);
    await post([posting]);
    const next = sale(3_00n);
    await base.database.transaction(async (tx) => {
      const forged = sale(1_00n, { idempotencyKey: posting.idempotencyKey });
      expect((await ledger.post(tx, [forged])).ok).toBe(false);
      expect(await ledger.post(tx, [next])).toEqual({ ok: true, value: [next] });
    });
    expect(await balanceOf(wallet.name)).toBe(12_00n);
  });

  it('used by two processes at once books once', async () => {
    const posting = sale(9_00n);
    const copies = Array.from({ length: 8 }, () => ({
      ...posting,
      id: base.ids.next('ledgerTransaction'),
    }));
    const results = await Promise.all(
      copies.map((copy, n) => post([copy], n % 2 === 0 ? ledger : other)),
    );
    const booked = results.map((result) => (result.ok ? result.value.length : -1));
    expect(booked.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await balanceOf(wallet.name)).toBe(9_00n);
    expect(await failedChecks()).toEqual([]);
  });
});

describe('many at once', () => {
  it('keep every balance equal to its entries, and the trial balance at zero', async () => {
    const pairs = fc.record({
      from: fc.integer({ min: 0, max: accounts.length - 1 }),
      to: fc.integer({ min: 0, max: accounts.length - 1 }),
      amount: fc.bigInt(1n, 10n ** 12n),
    });
    const groups = fc.array(fc.array(pairs, { minLength: 1, maxLength: 6 }), { maxLength: 12 });
    const expected = new Map(accounts.map(({ name }) => [name, 0n]));
    const add = (name: string, amount: bigint): void =>
      void expected.set(name, (expected.get(name) ?? 0n) + amount);
    await fc.assert(
      fc.asyncProperty(groups, async (drawn) => {
        const postings = drawn.map((group) =>
          group.map(({ from, to, amount }) => {
            const [source = wallet, target = trading] = [accounts[from], accounts[to]];
            add(source.name, -amount);
            add(target.name, amount);
            return sale(1n, { entries: [debit(target, amount), credit(source, amount)] });
          }),
        );
        await Promise.all(postings.map((group, n) => post(group, n % 2 === 0 ? ledger : other)));
        expect(await failedChecks()).toEqual([]);
        const balances = await ledger.balances();
        const kept = new Map(balances.map(({ name, balanceMinor }) => [name, balanceMinor]));
        for (const [name, balanceMinor] of expected)
          expect(kept.get(name) ?? 0n).toBe(balanceMinor);
        expect(balances.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n)).toBe(0n);
      }),
      { numRuns: 15 },
    );
  });
});
