import { expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { Fix } from './fixes/fix.ts';
import { byHand } from './test-kit.ts';

async function decide(town: TestBusiness, receipt: string, fix: Fix): Promise<void> {
  const { collections } = town.business;
  const all = await collections.exceptions({ before: undefined, limit: 50, state: 'open' });
  const found = all.find(({ detail }) => detail['receipt'] === receipt);
  invariant(found !== undefined, 'it is an exception');
  const order = { by: owner, reason: 'as agreed', after: undefined, requestKey: undefined };
  const applied = await collections.applyFix({ ...order, exceptionId: found.id, fix });
  invariant(applied.ok, 'the fix is applied');
}

it.each([
  ['lost evidence', 'delete from evidence', 'evidence'],
  [
    'another amount',
    'update payment set amount_minor = amount_minor + 1 where allocated_minor = 0',
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
  ['a charge filed as another', "update charge_unpaid set state = 'declined'", 'filed-charges'],
  ['a charge filed nowhere', 'delete from charge_unpaid', 'filed-charges'],
  ['a paid charge filed as unpaid', 'delete from charge_paid', 'filed-charges'],
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
  [
    'a customer’s credit',
    "update payment set state = 'earned', stream_id = 'trading' where state = 'credit'",
    'credit',
  ],
  ['an allocation', 'update payment_allocation set amount_minor = amount_minor + 1', 'allocations'],
  ['a lost allocation', 'delete from payment_allocation', 'allocations'],
  [
    'a charge that lacks something',
    'update payment_allocation set waived_minor = waived_minor - 1 where waived_minor > 0',
    'paid-charges',
  ],
  [
    'a charge paid by allocations and said to be open',
    "update charge set state = 'open' where id in (select charge_id from payment_allocation)",
    'paid-charges',
  ],
  [
    'a refund that earned money knows nothing of',
    `update payment set state = 'refunded', refund_from = 'earned', refund_minor = amount_minor,
       refund_transfer_id = 1, refunded_on = business_date where stream_id is not null`,
    'revenue-figures',
  ],
  [
    'revenue of another day',
    "update ledger_transaction set business_date = business_date + 1 where kind = 'payment'",
    'revenue-figures',
  ],
  ['an hour', 'update hourly_revenue set amount_minor = amount_minor + 100', 'hourly-figures'],
  ['an exception', 'update exception_count set open = open + 1', 'open-exceptions'],
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
  const short = await town.charge();
  await town.deliver(
    'paybill-confirmation',
    0n,
    byHand({ accountReference: short.reference, receipt: 'R3', amountMinor: shillings(450) }),
  );
  await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: '?', receipt: 'R4' }));
  await decide(town, 'R3', { kind: 'accept-short', chargeId: undefined });
  await decide(town, 'R4', { kind: 'assign-customer', phone: '0712345678' });
  expect(await town.failedChecks()).toEqual([]);
  await town.corrupt(text);
  expect((await town.failedChecks()).map((check) => check.split(':')[0])).toContain(name);
  await town.close();
});
