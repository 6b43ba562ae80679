import { expect, it } from 'vitest';

import { openBusiness } from '../../test/support/business.ts';
import { byHand } from './test-kit.ts';

it.each([
  ['lost evidence', 'delete from evidence', 'evidence'],
  [
    'another amount',
    'update payment set amount_minor = amount_minor + 1',
    'one-receipt-one-posting',
  ],
  ['another receipt', "update payment set receipt = receipt || 'X'", 'one-receipt-one-posting'],
  ['a posting without its payment', 'delete from payment', 'one-receipt-one-posting'],
  [
    'a payment without its posting',
    'update payment set ledger_transaction_id = 1',
    'one-receipt-one-posting',
  ],
  [
    'a charge said to be paid',
    "update charge set state = 'paid' where payment_id is null",
    'paid-charges',
  ],
  ['a charge said to be open', "update charge set state = 'open'", 'paid-charges'],
  ['a figure', 'update daily_revenue set amount_minor = amount_minor + 100', 'revenue-figures'],
  ['a count', 'update daily_revenue set payments = payments + 1', 'revenue-figures'],
  [
    'a figure of no payment',
    "insert into daily_revenue values (1, '2026-11-25', 'mpesa', 'trading', 1, 5)",
    'revenue-figures',
  ],
  [
    'suspense taken',
    "update payment set state = 'earned', stream_id = 'trading' where state = 'suspense'",
    'suspense',
  ],
  ['a balance', 'update ledger_balance set debits_minor = debits_minor + 1', 'kept-balances'],
  [
    'an entry',
    'update ledger_entry set amount_minor = amount_minor + 1 where amount_minor > 0',
    'trial-balance',
  ],
  ['an audit record', "update audit_record set subject = 'payment:other'", 'audit'],
])('finds planted corruption: %s', async (_, text, name) => {
  const town = await openBusiness();
  const { reference: accountReference } = await town.charge();
  await town.charge();
  await town.deliver('paybill-confirmation', 0n, byHand({ accountReference }));
  await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: '?', receipt: 'R2' }));
  expect(await town.failedChecks()).toEqual([]);
  await town.corrupt(text);
  expect((await town.failedChecks()).map((check) => check.split(':')[0])).toContain(name);
  await town.close();
});
