import { describe, expect, it, onTestFinished } from 'vitest';

import { invariant, parseBusinessDate, shillings, type ExceptionId } from '#kernel';
import type { Fix } from '#collections';
import type { PayerPayment, PayoutResult, PromptResult } from '#rails';
import type { Transfer } from '#transfers';

import { openBusiness, owner, type TestBusiness } from './support/business.ts';
import { statementRows } from './support/scripted-statement.ts';
import { csvFile } from './support/sheet-files.ts';

/**
 * A transaction that holds locks and waits for a second connection waits for ever once every
 * connection is in such a transaction. With one connection the first such wait is for ever, and
 * every door is tried with one.
 */
async function openNarrow(): Promise<TestBusiness> {
  const town = await openBusiness({
    connectionsMax: 1,
    payoutFeeMinor: shillings(5),
    sweeps: { mpesa: { dailyCapMinor: shillings(100), triggerMinor: shillings(100) } },
  });
  onTestFinished(() => town.closeProved());
  return town;
}

const strayMoney = (receipt: string): PayerPayment => ({
  kind: 'payer-payment',
  receipt,
  amountMinor: shillings(500),
  shortCode: '600111',
  accountReference: '?',
  payer: '254712345678',
  payerName: 'WANJIKU',
  occurredAt: undefined,
});

const paidPrompt = (providerRequestId: string): PromptResult => ({
  kind: 'prompt-result',
  code: '0',
  description: 'paid',
  providerRequestId,
  providerTraceId: undefined,
  verdict: 'paid',
  receipt: 'ONLINE0',
  amountMinor: shillings(500),
  payer: '254712345678',
  occurredAt: undefined,
});

/** A reversal's result carries the provider's ids alone. */
const arrived = ({ ownId, amountMinor, refund }: Transfer): PayoutResult => ({
  kind: 'payout-result',
  code: '0',
  description: 'done',
  ownId: refund === undefined ? ownId : 'provider-9',
  providerRequestId: refund === undefined ? `AG_${ownId}` : `AG_R_${refund.receipt}`,
  verdict: 'completed',
  receipt: 'OUT1',
  amountMinor,
  completedAt: undefined,
  originalReceipt: refund?.receipt,
});

const newest = async ({ business, rows }: TestBusiness) => {
  const {
    items: [transfer],
  } = await business.transfers.page({
    before: undefined,
    limit: 1,
    rail: undefined,
  });
  const [row] = await rows<{ id: bigint }>('select max(id) as id from transfer');
  invariant(transfer !== undefined && row !== undefined, 'there is a transfer');
  return { transfer, subject: row.id };
};

async function exceptionAbout({ business }: TestBusiness, kind: string): Promise<ExceptionId> {
  const page = { before: undefined, limit: 50, state: 'open' } as const;
  const proposed = await business.collections.proposals(page);
  const found = proposed.find(({ exception }) => exception.kind === kind);
  invariant(found !== undefined, `there is an exception of the kind ${kind}`);
  await business.collections.propose(found.exception.id);
  return found.exception.id;
}

async function decide(
  { business }: TestBusiness,
  exceptionId: ExceptionId,
  fix: Fix,
): Promise<void> {
  const decision = { exceptionId, by: owner, reason: 'seen', after: undefined };
  const requestKey = `${fix.kind}-${exceptionId}`;
  const done = await business.collections.applyFix({ ...decision, fix, requestKey });
  invariant(done.ok, 'the fix is applied');
}

describe('with one connection', () => {
  it('money comes in, by every road', async () => {
    const town = await openNarrow();
    const { business, clock } = town;
    const { promptId, requestId } = await town.prompted();
    await town.deliver('stk-result', promptId, paidPrompt(requestId));
    await town.prompted({ phone: '0712345679' });
    await town.deliver('stk-result', 'forged', paidPrompt('ws_CO_9'));
    await town.deliver('paybill-confirmation', 0n, strayMoney('STRAY1'));
    await town.deliverUnlisted('paybill-confirmation', 0n, strayMoney('STRAY2'));
    await clock.advance(60_000);
    await business.steps.askAboutUnknowns();
    const listed = { receipt: 'LISTED1', amountMinor: shillings(50), occurredAt: clock.now() };
    const raw = { accountReference: 'AI', ownId: undefined, payer: undefined, raw: '{}' };
    town.mpesa.script.list = () => ({ kind: 'listed', payments: [{ ...listed, ...raw }] });
    await clock.advance(180_000);
    await business.steps.cycles.revenue();
    expect(await town.countOf('payment')).toBe(3);
  });

  it('money goes out, and back', async () => {
    const town = await openNarrow();
    const { business } = town;
    await town.earn(shillings(2_000));
    await business.steps.cycles['transfer-check']();
    const asked = await business.transfers.request({
      rail: 'mpesa',
      amountMinor: shillings(1_000),
      why: 'rent',
      requestedBy: owner,
      requestKey: 'rent',
    });
    expect(asked).toMatchObject({ ok: true });
    await business.steps.workTransfers();
    const { transfer, subject } = await newest(town);
    await town.deliver('payout-result', subject, arrived(transfer));
    await business.transfers.outlook();
    const question = { rail: 'mpesa', amountMinor: shillings(10), kind: 'manual' } as const;
    await business.transfers.preview(question);
    await business.transfers.askBalances();
    expect((await business.transfers.find(transfer.id))?.state).toBe('completed');
  });

  it('a person decides, takes it back, and gives money back', async () => {
    const town = await openNarrow();
    const { business } = town;
    await town.deliver('paybill-confirmation', 0n, strayMoney('STRAY1'));
    const exception = await exceptionAbout(town, 'unknown-reference');
    await decide(town, exception, { kind: 'assign-stream', streamId: 'trading' });
    const undoing = { exceptionId: exception, by: owner, reason: 'no', requestKey: 'undo' };
    expect(await business.collections.undoFix(undoing)).toMatchObject({ ok: true });
    await decide(town, exception, { kind: 'refund', part: 'whole', by: undefined });
    await business.steps.workTransfers();
    const { transfer, subject } = await newest(town);
    await town.deliver('refund-result', subject, arrived(transfer));
    expect(await town.rows('select state from payment')).toEqual([{ state: 'refunded' }]);
  });

  it('a statement is taken in, a day compared, the weather kept', async () => {
    const town = await openNarrow();
    const { business } = town;
    const day24 = { rail: 'mpesa', account: 'Utility Account', shortCode: '600111' } as const;
    const facts = { ...day24, from: '2026-11-24 00:00:00', to: '2026-11-24 23:59:59' };
    const lines = ['ONLINE1', 'ONLINE2'].map((receipt) => ({
      receipt,
      time: '2026-11-24 10:00:00',
      kind: 'payment' as const,
      amount: '700.00',
      reference: 'TRADING',
    }));
    const file = csvFile(statementRows(facts, lines));
    const order = { file, name: 'day.csv', rail: undefined, password: undefined };
    const seen = await business.reconciliation.preview(order);
    invariant(seen.ok, 'the statement can be read');
    expect(await business.reconciliation.commit(seen.value.id, owner)).toMatchObject({ ok: true });
    const date = parseBusinessDate('2026-11-24');
    invariant(date.ok, 'a date');
    const day = await business.reconciliation.day('mpesa', date.value);
    expect(day).toMatchObject({ rail: 'mpesa' });
    await business.weather.flush();
    await business.weather.report();
    await business.steps.cycles.proof();
    expect(await town.countOf('payment')).toBe(2);
  });
});
