import { expect, it } from 'vitest';

import { invariant, numberFromId, shillings } from '#kernel';

import { tillWallets } from '../../test/support/business.ts';
import {
  completedResult,
  failedResult,
  openDesk,
  openSweeping,
  orderOf,
  payIntoSuspense,
  planned,
  providersWord,
  refundOrderOf,
} from './test-kit.ts';

it.each([
  ['a state', "update transfer set state = 'failed'", 'transfers-evidenced'],
  ['an amount under way', "update transfer set state = 'sent'", 'transfers-reserved'],
  ['lost evidence', "delete from evidence where kind = 'callback'", 'transfers-evidenced'],
  [
    'a posting',
    `delete from ledger_entry where account_id = (
      select id from ledger_account where name = 'owner:drawings:mpesa'
    )`,
    'transfers-evidenced',
  ],
  [
    'a wallet',
    `insert into balance_report
      values (1, 1, 'mpesa', 'Utility Account', 1, '2026-11-25T10:00:00Z')`,
    'wallets',
  ],
])('finds a corrupted transfer: %s', async (_, text, name) => {
  const town = await openSweeping();
  const transfer = await planned(town);
  await town.business.transfers.work();
  await town.deliver('payout-result', numberFromId(transfer.id), completedResult(transfer));
  expect(await town.failedChecks()).toEqual([]);
  await town.corrupt(text);
  expect((await town.failedChecks()).map((check) => check.split(':')[0])).toContain(name);
  await town.close();
});

it('does not call a wallet wrong while a transfer is under way', async () => {
  const town = await openSweeping();
  await town.business.transfers.request(orderOf());
  town.mpesa.script.balance = () => ({
    kind: 'reported',
    accounts: [{ name: 'Utility Account', availableMinor: shillings(10_000) }],
  });
  await town.clock.advance(600_000);
  await town.business.transfers.askBalances();
  expect(await town.failedChecks()).toEqual([]);
  await town.close();
});

it.each([
  [
    'a refund from another account',
    "update transfer set paid_from = 'fees:mpesa' where kind = 'refund'",
  ],
  ['a refund by nobody’s word', "delete from evidence where kind = 'callback'"],
  ['a top-up that was not booked', "update transfer set state = 'completed' where kind = 'top-up'"],
])('finds a corrupted transfer of another kind: %s', async (_, text) => {
  const town = await openSweeping();
  const desk = openDesk(town);
  const paid = await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor: shillings(100) });
  const refund = await desk.refund(refundOrderOf(paid));
  const topUp = await desk.transfers.requestTopUp({ ...orderOf(), requestKey: 'float' });
  invariant(refund.ok && topUp.ok, 'planned');
  await desk.transfers.work();
  await desk.tell(refund.value, providersWord(refund.value));
  const broken = async () =>
    (await desk.transfers.checks()).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(await broken()).toEqual([]);
  await town.corrupt(text);
  expect(await broken()).toContain('transfers-evidenced');
  await town.close();
});

it('finds a payment that is given back twice', async () => {
  const town = await openSweeping();
  const desk = openDesk(town);
  const paid = await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor: shillings(100) });
  const first = await desk.refund(refundOrderOf(paid));
  invariant(first.ok, 'planned');
  await desk.tell(first.value, { ...failedResult(first.value), ownId: undefined });
  await desk.refund(refundOrderOf(paid, { requestKey: 'again' }));
  await town.corrupt('drop index transfer_one_refund');
  await town.corrupt("update transfer set state = 'sent' where state = 'failed'");
  const names = (await desk.transfers.checks()).filter(({ ok }) => !ok).map(({ name }) => name);
  expect(names).toContain('refunds');
  await town.close();
});

it('does not take a report that was on its way for hours for the wallet of now', async () => {
  const town = await openSweeping();
  const report = (availableMinor: bigint) =>
    ({
      kind: 'balance-report',
      verdict: 'reported',
      code: '0',
      accounts: [{ name: 'Utility Account', availableMinor }],
      asOfAt: town.clock.now(),
    }) as const;
  const late = report(0n);
  await town.clock.advance(600_000);
  await town.deliver('balance-result', 0n, report(shillings(10_000)));
  await town.clock.advance(600_000);
  await town.deliver('balance-result', 0n, late);
  expect(await town.failedChecks()).toEqual([]);
  await town.close();
});

it('compares no wallet with the books where payouts leave another than is paid into', async () => {
  const town = await openSweeping({ wallets: tillWallets });
  town.mpesa.script.balance = () => ({
    kind: 'reported',
    accounts: [
      { name: 'Utility Account', availableMinor: shillings(300) },
      { name: 'Merchant Account', availableMinor: shillings(9_000) },
    ],
  });
  await town.clock.advance(600_000);
  await town.business.transfers.askBalances();
  expect(await town.failedChecks()).toEqual([]);
  await town.close();
});
