import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { invariant, numberFromId, parseBusinessDate, shillings } from '#kernel';
import type { Fix } from '#collections';
import type { Transfer } from '#transfers';

import {
  openBusiness,
  owner,
  tillWallets,
  type TestBusiness,
} from '../../test/support/business.ts';
import type { LineFacts } from '../../test/support/scripted-statement.ts';
import { fileOf, importFile, paid } from './test-kit.ts';

// Customers pay a till: their money comes into Merchant, and payouts leave Utility.
let town: TestBusiness;
beforeEach(async () => {
  town = await openBusiness({ wallets: tillWallets });
});
afterEach(() => town.closeProved());

const hourMs = 3_600_000;
const facts = { from: '2026-11-25 00:00:00', to: '2026-11-25 23:59:59' };
const readOn =
  (account: string) =>
  (...lines: readonly LineFacts[]) =>
    importFile(town, fileOf(lines, { ...facts, account }));
const onMerchant = readOn('Merchant Account');
const onUtility = readOn('Utility Account');

const day = () => {
  const date = parseBusinessDate('2026-11-25');
  invariant(date.ok, 'it is a date');
  return town.business.reconciliation.day('mpesa', date.value);
};
const kinds = async () => (await day()).differences.map(({ kind }) => kind);

const endOf = async (transfer: Transfer, more: { readonly receipt: string; readonly id: string }) =>
  town.deliver(
    `${more.id === 'R_STRAY1' ? 'refund' : 'payout'}-result`,
    numberFromId(transfer.id),
    {
      kind: 'payout-result',
      code: '0',
      description: 'done',
      ownId: transfer.ownId,
      providerRequestId: `AG_${more.id}`,
      verdict: 'completed',
      receipt: more.receipt,
      amountMinor: transfer.amountMinor,
      completedAt: undefined,
    },
  );

const payOut = async (): Promise<Transfer> => {
  const planned = await town.business.transfers.request({
    rail: 'mpesa',
    amountMinor: shillings(100),
    why: 'rent',
    requestedBy: owner,
    requestKey: undefined,
  });
  invariant(planned.ok, 'it is planned');
  await town.business.transfers.work();
  await endOf(planned.value, { receipt: 'OUT1', id: planned.value.ownId });
  return planned.value;
};

/** A payment that nobody can place, given back by reversal. */
const giveBack = async (): Promise<void> => {
  await town.deliver('paybill-confirmation', 0n, {
    kind: 'payer-payment',
    receipt: 'STRAY1',
    amountMinor: shillings(750),
    shortCode: '600222',
    accountReference: '',
    payer: '254722000222',
    payerName: undefined,
    occurredAt: town.clock.now(),
  });
  const page = { before: undefined, limit: 1, state: undefined };
  const [exception] = await town.business.collections.exceptions(page);
  invariant(exception !== undefined, 'a person is asked');
  const fix: Fix = { kind: 'refund', part: 'whole', by: 'reversal' };
  const asked = await town.business.collections.applyFix({
    exceptionId: exception.id,
    fix,
    after: undefined,
    by: owner,
    reason: 'as agreed',
    requestKey: undefined,
  });
  invariant(asked.ok && asked.value.transferId !== undefined, 'the refund is asked for');
  const transfer = await town.business.transfers.find(asked.value.transferId);
  invariant(transfer !== undefined, 'the refund is a transfer');
  await town.business.transfers.work();
  await endOf(transfer, { receipt: 'BACK1', id: 'R_STRAY1' });
};

const earned: LineFacts = {
  ...paid('EARN1'),
  amount: '500',
  time: '2026-11-25 12:00:00',
  balance: '500',
};
const paidOut: LineFacts = {
  ...paid('OUT1'),
  kind: 'payout',
  amount: '-100',
  time: '2026-11-25 12:00:01',
  balance: '900',
};

/** The day is over: what statements tell of it is whole. */
const nextDay = () => town.clock.advance(24 * hourMs);

describe('a shop whose customers pay a till', () => {
  beforeEach(async () => {
    await town.earn(shillings(500));
    await payOut();
    await nextDay();
  });

  it('misses no payment on a statement of the wallet that payouts leave', async () => {
    expect((await onUtility(paidOut)).booked).toMatchObject({ exceptionsOpened: 0 });
    expect(await day()).toMatchObject({
      account: 'Merchant Account',
      state: 'no-statement',
      differences: [],
    });
  });

  it('misses payments on a statement of the wallet that they come into', async () => {
    expect((await onMerchant(paid('NEW1', { time: '2026-11-25 13:00:00' }))).booked).toMatchObject({
      exceptionsOpened: 1,
    });
    expect(await town.exceptions()).toContain('missing-on-statement');
    expect(await kinds()).toContain('payment-not-on-statement');
  });

  it.each([
    ['first, and is not missed', [onUtility, onMerchant], []],
    ['last, and is missed until then', [onMerchant, onUtility], ['missing-on-statement']],
  ])('finds what was paid to its paybill on Utility’s, imported %s', async (_, reads, missed) => {
    for (const read of reads) {
      await read(read === onUtility ? earned : paid('NEW1', { time: '2026-11-25 13:00:00' }));
    }
    expect(await town.exceptions()).toEqual([]);
    expect(await town.exceptions('resolved')).toEqual(missed);
    expect(await kinds()).not.toContain('payment-not-on-statement');
  });

  it('agrees by the statements of both, though neither wallet moves like the books', async () => {
    await onMerchant(earned);
    await onUtility(paidOut);
    expect(await town.exceptions()).toEqual([]);
    expect(await day()).toMatchObject({
      account: 'Merchant Account',
      state: 'agrees',
      isWhole: true,
      statement: { payments: { count: 1 }, payouts: { count: 1 } },
      differences: [],
    });
  });

  it('compares payouts where a statement of their own wallet tells of that time', async () => {
    await onMerchant(earned);
    expect(await kinds()).toEqual([]);
    await onUtility({ ...paidOut, receipt: 'TOP1', kind: 'top-up', amount: '100' });
    expect(await kinds()).toEqual(['outgoing-not-booked', 'payout-not-on-statement']);
  });
});

it('looks for a reversal where the payment came in', async () => {
  await giveBack();
  await nextDay();
  const stray = paid('STRAY1', { time: '2026-11-25 12:00:00', amount: '750' });
  await onUtility(paidOut);
  expect(await kinds()).toEqual(['outgoing-not-booked']);
  await onMerchant(stray);
  expect(await kinds()).toEqual(['outgoing-not-booked', 'payout-not-on-statement']);
});
