import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { numberFromId, shillings } from '#kernel';
import { sql } from '#platform/db';
import type { Transfer } from '#transfers';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { LineFacts } from '../../test/support/scripted-statement.ts';
import { decideFee } from './fees/decide.ts';
import { createFeeStore } from './fees/store.ts';
import { balanceOf, fileOf, importFile, paid } from './test-kit.ts';

describe('the decision on a fee', () => {
  it.each([
    { charged: 13n, booked: 13n, expected: 13n, correction: 0n, differs: false },
    { charged: 1_300n, booked: 0n, expected: 1_300n, correction: 1_300n, differs: false },
    { charged: 0n, booked: 1_300n, expected: undefined, correction: -1_300n, differs: false },
    { charged: 1_400n, booked: 1_300n, expected: 1_300n, correction: 100n, differs: false },
    { charged: 1_401n, booked: 1_300n, expected: 1_300n, correction: 101n, differs: true },
    { charged: 1_199n, booked: 1_300n, expected: 1_300n, correction: -101n, differs: true },
    { charged: 500n, booked: 0n, expected: undefined, correction: 500n, differs: false },
  ])('%o', ({ charged, booked, expected, correction, differs }) => {
    const facts = { chargedMinor: charged, bookedMinor: booked, expectedMinor: expected };
    expect(decideFee(facts)).toEqual({ correctionMinor: correction, differs });
  });
});

describe('fees on a statement', () => {
  let town: TestBusiness;
  beforeEach(async () => {
    town = await openBusiness({ payoutFeeMinor: 1_300n });
    await town.earn(shillings(10_000));
  });
  afterEach(() => town.closeProved());

  const time = '2026-11-25 11:59:00';
  const today = { from: '2026-11-25 00:00:00', to: '2026-11-25 12:30:00' };
  const fee = (receipt: string, amount: string, more: Partial<LineFacts> = {}): LineFacts => ({
    ...paid(receipt),
    kind: 'fee',
    time,
    amount,
    ...more,
  });
  const read = (...lines: readonly LineFacts[]) => importFile(town, fileOf(lines, today));
  const booked = () => balanceOf(town, 'fees:mpesa');

  /** A transfer of KES 1,000 that the provider has. */
  const sent = async (): Promise<Transfer> => {
    const planned = await town.business.transfers.request({
      rail: 'mpesa',
      amountMinor: shillings(1_000),
      why: 'rent',
      requestedBy: owner,
      requestKey: undefined,
    });
    if (!planned.ok) throw new Error(planned.error.kind);
    await town.business.transfers.work();
    return planned.value;
  };
  const complete = async (
    transfer: Transfer,
    receipt = 'OUT1',
    road: 'payout' | 'top-up' = 'payout',
  ): Promise<void> => {
    await town.deliver(`${road}-result`, numberFromId(transfer.id), {
      kind: 'payout-result',
      code: '0',
      description: 'done',
      ownId: transfer.ownId,
      providerRequestId: `AG_${road === 'payout' ? '' : 'T_'}${transfer.ownId}`,
      verdict: 'completed',
      receipt,
      amountMinor: transfer.amountMinor,
      completedAt: undefined,
    });
  };

  it.each([
    { how: 'as booked', amount: '-13', sum: 1_300n, exceptions: [] },
    { how: 'more than is booked', amount: '-14', sum: 1_400n, exceptions: [] },
    { how: 'less than is booked', amount: '-12.50', sum: 1_250n, exceptions: [] },
    {
      how: 'so much more that one wonders',
      amount: '-23',
      sum: 2_300n,
      exceptions: ['fee-differs'],
    },
  ])('for a payout: $how', async ({ amount, sum, exceptions }) => {
    town.mpesa.script.fee = ({ about }) => (about === 'payout' ? 1_300n : undefined);
    await complete(await sent());
    await read(fee('OUT1', amount));
    expect(await booked()).toBe(sum);
    expect(await balanceOf(town, 'rail:mpesa:charges')).toBe(-sum);
    expect(await town.exceptions()).toEqual(exceptions);
    await town.business.reconciliation.sweep();
    expect(await booked()).toBe(sum);
  });

  it('name what the tariff says and what was charged', async () => {
    town.mpesa.script.fee = ({ amountMinor, on }) =>
      amountMinor === shillings(1_000) && on === '2026-11-25' ? 1_300n : undefined;
    await complete(await sent());
    const done = await read(fee('OUT1', '-23'));
    expect(done.booked.exceptionsOpened).toBe(1);
    const page = { before: undefined, limit: 1, state: undefined };
    const [exception] = await town.business.collections.exceptions(page);
    expect(exception).toMatchObject({
      kind: 'fee-differs',
      amountMinor: 2_300n,
      detail: { receipt: 'OUT1', expected: '13.00', charged: '23.00', about: 'payout' },
    });
  });

  it.each([
    ['-1', []],
    ['-13', ['fee-differs']],
  ])('for a move of own money, for which there is no tariff: %s', async (amount, exceptions) => {
    town.mpesa.script.fee = () => 1_300n;
    const asked = await town.business.transfers.requestTopUp({
      rail: 'mpesa',
      amountMinor: shillings(1_000),
      why: 'float',
      requestedBy: owner,
      requestKey: undefined,
    });
    if (!asked.ok) throw new Error(asked.error.kind);
    await town.business.transfers.work();
    await complete(asked.value, 'MOVED1', 'top-up');
    await read(fee('MOVED1', amount));
    expect(await booked()).toBe(-shillings(Number(amount)));
    expect(await town.exceptions()).toEqual(exceptions);
  });

  it('for a payment are booked, by whichever receipt they name', async () => {
    await read(
      fee('EARN1', '-2'),
      fee('FEE7', '-3', { link: 'EARN1' }),
      paid('NEW1', { time, amount: '50' }),
      fee('NEW1', '-1'),
    );
    expect(await booked()).toBe(600n);
    const [entry] = await town.rows(
      `select t.occurred_at, t.business_date from ledger_transaction t
       where t.kind = 'fee-corrected' limit 1`,
    );
    expect(entry).toMatchObject({ business_date: '2026-11-25' });
  });

  it('are booked once, though two wallets’ statements show them', async () => {
    await read(fee('EARN1', '-2'));
    await importFile(town, fileOf([fee('EARN1', '-2')], { ...today, account: 'Charges Paid' }));
    expect(await booked()).toBe(200n);
  });

  it('that come back are taken back', async () => {
    await read(fee('EARN1', '-2'));
    await read(fee('EARN1', '-2'), fee('EARN1', '2'));
    expect(await booked()).toBe(0n);
  });

  it('wait for a transfer under way, whose end books a fee of its own', async () => {
    const transfer = await sent();
    await read(fee('OUT1', '-14'));
    expect(await booked()).toBe(0n);
    await complete(transfer);
    expect(await booked()).toBe(1_300n);
    await town.business.reconciliation.sweep();
    expect(await booked()).toBe(1_400n);
    await town.business.reconciliation.sweep();
    expect(await booked()).toBe(1_400n);
  });

  it('of what the books do not know are booked, and set right when they learn of it', async () => {
    const transfer = await sent();
    await town.deliver('payout-result', numberFromId(transfer.id), {
      kind: 'payout-result',
      code: '1',
      description: 'failed',
      ownId: transfer.ownId,
      providerRequestId: `AG_${transfer.ownId}`,
      verdict: 'failed',
      reason: 'other',
    });
    await read(fee('OUT1', '-14'));
    expect(await booked()).toBe(1_400n);
    await complete(transfer);
    expect(await booked()).toBe(2_700n);
    await town.business.reconciliation.sweep();
    expect(await booked()).toBe(1_400n);
  });

  it('are taken in once by two engines', async () => {
    const other = await town.neighbour();
    const transfer = await sent();
    await read(fee('OUT1', '-14'));
    await complete(transfer);
    await Promise.all([
      town.business.reconciliation.sweep(),
      other.business.reconciliation.sweep(),
    ]);
    expect(await booked()).toBe(1_400n);
  });

  it('find what they were charged for without looking through all transfers', async () => {
    const transfer = await sent();
    await complete(transfer);
    await read({ ...paid('LINE1'), kind: 'payout', time, amount: '-1000', ownId: transfer.ownId });
    await town.corrupt(
      `insert into transfer (business_id, id, rail, kind, state, amount_minor, own_id, receipt,
         business_date, requested_by, why, planned_at)
       select 1, n, 'mpesa', 'top-up', 'completed', 100, 'QT' || n, 'OLD' || n, '2026-11-01',
         'owner', 'rent', '2026-11-01'
       from generate_series(1, 200) n`,
    );
    await town.corrupt('analyze transfer');
    const { database, businessId } = town.business;
    const store = createFeeStore({ businessId });
    const readRows = await database.transaction(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      expect(await store.subjectOf(tx, 'mpesa', 'OUT1')).toMatchObject({ id: transfer.id });
      expect(await store.subjectOf(tx, 'mpesa', 'LINE1')).toMatchObject({ id: transfer.id });
      const { rows } = await sql<{ count: bigint }>`
        select seq_tup_read + idx_tup_fetch as count from pg_stat_xact_user_tables
        where relname = 'transfer'`.execute(tx);
      return Number(rows[0]?.count);
    });
    await town.corrupt("delete from transfer where receipt like 'OLD%'");
    expect(readRows).toBeLessThan(100);
  });

  describe('beside payouts', () => {
    const payout = (receipt: string, amount: string, more: Partial<LineFacts> = {}): LineFacts => ({
      ...paid(receipt),
      kind: 'payout',
      time,
      amount,
      ...more,
    });
    const stateOf = async ({ id }: Transfer) => (await town.business.transfers.find(id))?.state;

    it('an unknown transfer is settled by our own id, its fee by its line', async () => {
      const transfer = await sent();
      const { ownId } = transfer;
      const done = await read(payout('OUT9', '-1000', { ownId }), fee('OUT9', '-14'));
      expect(done.booked).toMatchObject({ transfersSettled: 1, exceptionsOpened: 0 });
      expect(await stateOf(transfer)).toBe('completed');
      expect(await booked()).toBe(1_400n);
      const kinds = await town.rows(`select kind from evidence order by id desc limit 1`);
      expect(kinds).toEqual([{ kind: 'statement' }]);
      expect((await read(payout('OUT9', '-1000', { ownId }))).booked.transfersSettled).toBe(0);
    });

    it('a transfer the books know is left alone', async () => {
      const transfer = await sent();
      await complete(transfer);
      const done = await read(payout('OUT1', '-1000'));
      expect(done.booked).toMatchObject({ transfersSettled: 0, exceptionsOpened: 0 });
    });

    it('a like amount at a like time proves nothing: a person is told of both', async () => {
      const transfer = await sent();
      const done = await read(payout('OUT9', '-1000'));
      expect(done.booked).toMatchObject({ transfersSettled: 0, exceptionsOpened: 1 });
      expect(await stateOf(transfer)).toBe('sent');
      const page = { before: undefined, limit: 1, state: undefined };
      const [exception] = await town.business.collections.exceptions(page);
      expect(exception).toMatchObject({
        kind: 'unmatched-payout',
        amountMinor: -shillings(1_000),
        detail: { receipt: 'OUT9', candidates: [transfer.id] },
      });
    });

    it.each([
      ['another amount', '-999', 'payout-mismatch'],
      ['money that came back', '1000', 'unmatched-payout'],
    ])('%s of our own id settles nothing', async (_, amount, kind) => {
      const transfer = await sent();
      await read(payout('OUT9', amount, { ownId: transfer.ownId }));
      expect(await stateOf(transfer)).toBe('sent');
      expect(await town.exceptions()).toEqual([kind]);
    });

    it('a refund that nobody here made is for a person as well', async () => {
      await read({ ...payout('REF1', '-10000'), kind: 'refund', link: 'EARN1' });
      const page = { before: undefined, limit: 1, state: undefined };
      const [exception] = await town.business.collections.exceptions(page);
      expect(exception?.detail).toMatchObject({ line: 'refund', linkedReceipt: 'EARN1' });
    });

    it('a late success after a failure is money, and told', async () => {
      const transfer = await sent();
      await town.corrupt(
        `update transfer set state = 'unknown', next_step_at = null;
         insert into exception (business_id, id, kind, state, subject, detail, opened_at)
         values (1, 1, 'unknown-transfer', 'open', '${transfer.id}', '{}', now());
         insert into exception_count values (1, 1024, 1)`,
      );
      await read(payout('OUT9', '-1000', { ownId: transfer.ownId }));
      expect(await stateOf(transfer)).toBe('completed');
      expect(await town.exceptions()).toEqual([]);
      expect(await town.exceptions('resolved')).toEqual(['unknown-transfer']);
    });
  });
});
