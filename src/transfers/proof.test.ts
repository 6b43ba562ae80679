import { expect, it } from 'vitest';

import { invariant, numberFromId, shillings } from '#kernel';

import { completedResult, openSweeping, orderOf } from './test-kit.ts';

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
  const answer = await town.business.transfers.request(orderOf());
  invariant(answer.ok, 'planned');
  await town.business.transfers.work();
  const { id } = answer.value;
  await town.deliver('payout-result', numberFromId(id), completedResult(answer.value));
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
