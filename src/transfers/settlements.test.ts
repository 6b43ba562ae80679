import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { invariant, numberFromId, shillings, type TransferId } from '#kernel';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import type { Settlement, Transfer } from './index.ts';
import { completedResult, failedResult, openSweeping, planned } from './test-kit.ts';

let town: TestBusiness;
const feeMinor = shillings(5);
const twoDaysMs = 48 * 60 * 60_000;

beforeEach(async () => {
  town = await openSweeping({ payoutFeeMinor: feeMinor });
});
afterEach(() => town.closeProved());

const settle = (transferId: TransferId, more: Partial<Settlement> = {}) =>
  town.business.transfers.settleByHand({
    transferId,
    end: { kind: 'failed' },
    reason: 'not on the statement',
    by: owner,
    ...more,
  });
const completed = (receipt: string) => ({ end: { kind: 'completed', receipt } }) as const;

/** A transfer that no provider speaks of, two days later. */
const silent = async (afterMs = twoDaysMs): Promise<Transfer> => {
  const transfer = await planned(town);
  for (let n = 0; n < 5; n += 1) {
    await town.business.transfers.work();
    await town.clock.advance(10 * 60_000);
  }
  await town.clock.advance(afterMs - 50 * 60_000);
  return transfer;
};
const stateOf = async ({ id }: Transfer) => (await town.business.transfers.find(id))?.state;
const books = async () => {
  const balances = await town.business.ledger.balances();
  const of = (name: string) => balances.find((one) => one.name === name)?.balanceMinor;
  return {
    wallet: of('rail:mpesa:collection'),
    inFlight: of('transfer:in_flight:mpesa'),
    drawings: of('owner:drawings:mpesa'),
    fees: of('fees:mpesa'),
  };
};
const notGone = { wallet: shillings(10_000), inFlight: 0n, drawings: 0n, fees: 0n };
const gone = {
  wallet: shillings(9_000),
  inFlight: 0n,
  drawings: shillings(1_000),
  fees: feeMinor,
};
const tell = (transfer: Transfer, event: Parameters<TestBusiness['deliver']>[2]) =>
  town.deliver('payout-result', numberFromId(transfer.id), event);
const list = (transfer: Transfer, receipt: string) =>
  town.business.database.transaction((tx) =>
    town.business.transfers.settleListed(tx, 'mpesa', [
      {
        receipt,
        ownId: transfer.ownId,
        linkedReceipt: undefined,
        amountMinor: transfer.amountMinor,
        occurredAt: town.clock.now(),
        raw: `a line with ${receipt}`,
      },
    ]),
  );

describe('a person’s word', () => {
  it('that it arrived books it, with a name, and ends the exception', async () => {
    const transfer = await silent();
    expect(await town.exceptions()).toEqual(['unknown-transfer']);
    expect(await settle(transfer.id, completed('SEEN1'))).toMatchObject({
      ok: true,
      value: { state: 'completed', receipt: 'SEEN1', settledBy: 'engine:test' },
    });
    expect(await books()).toEqual(gone);
    expect(await town.exceptions()).toEqual([]);
    const [record] = await town.rows<{ detail: object }>(
      "select detail from audit_record where action = 'transfer.settled-by-hand'",
    );
    expect(record?.detail).toMatchObject({
      from: 'sent',
      end: 'completed',
      receipt: 'SEEN1',
      reason: 'not on the statement',
    });
  });

  it('that it did not gives the reservation back', async () => {
    const transfer = await silent();
    expect(await settle(transfer.id)).toMatchObject({ value: { state: 'failed' } });
    expect(await books()).toEqual(notGone);
  });

  it('is taken back by another one, as often as it takes', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('SEEN1'));
    expect(await settle(transfer.id)).toMatchObject({ value: { state: 'reversed' } });
    expect(await books()).toEqual(notGone);
    await settle(transfer.id, completed('SEEN2'));
    expect(await books()).toEqual(gone);
    await settle(transfer.id, completed('SEEN3'));
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'completed',
      receipt: 'SEEN3',
    });
    await settle(transfer.id);
    expect(await books()).toEqual(notGone);
    expect(await town.failedChecks()).toEqual([]);
  });

  it('that a sweep arrived after all holds back the one that would take its place', async () => {
    const { transfers, engine } = town.business;
    const first = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof first === 'object', 'planned');
    await transfers.work();
    await settle(first.id, { statementLine: 'line 7' });
    const second = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof second === 'object', 'planned again');
    await engine.turn('off', owner, 'test');
    await settle(first.id, completed('SEEN1'));
    expect(await transfers.find(second.id)).toMatchObject({
      state: 'failed',
      reason: 'superseded',
    });
    await engine.turn('on', owner, 'test');
    await town.clock.advance(60_000);
    await transfers.work();
    expect(town.mpesa.payouts).toHaveLength(1);
  });

  it('said twice, also at once, is booked once', async () => {
    const transfer = await silent();
    const other = await town.neighbour();
    const word = { transferId: transfer.id, reason: 'seen', by: owner, ...completed('SEEN1') };
    const answers = await Promise.all([
      settle(transfer.id, completed('SEEN1')),
      other.business.transfers.settleByHand(word),
      settle(transfer.id, completed('SEEN1')),
    ]);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await books()).toEqual(gone);
  });
});

describe('is refused', () => {
  it('while the provider may still answer, unless its statement has the answer', async () => {
    const transfer = await silent(twoDaysMs - 60_000);
    expect(await settle(transfer.id)).toEqual({
      ok: false,
      error: { kind: 'may-still-answer', until: '2026-11-27 12:00' },
    });
    expect(await settle(transfer.id, { statementLine: 'line 7' })).toMatchObject({ ok: true });
  });

  it('while the engine still asks', async () => {
    const { id } = await planned(town);
    await town.business.transfers.work();
    await town.clock.advance(twoDaysMs);
    expect(await settle(id)).toMatchObject({ error: { kind: 'still-asking' } });
  });

  it.each([
    ['completed', (t: Transfer) => completedResult(t)],
    ['failed', (t: Transfer) => failedResult(t)],
  ])('after the provider has said %s', async (state, event) => {
    const transfer = await silent();
    await tell(transfer, event(transfer));
    expect(await settle(transfer.id)).toMatchObject({ error: { kind: 'settled-by-provider' } });
    expect(await stateOf(transfer)).toBe(state);
  });

  it('before anything was sent, and of nothing', async () => {
    const { id } = await planned(town);
    expect(await settle(id)).toMatchObject({ error: { kind: 'settled-by-provider' } });
    expect(await settle('tr_0000000000001' as TransferId)).toMatchObject({
      error: { kind: 'transfer-not-found' },
    });
  });

  it('with the receipt of another transfer', async () => {
    const first = await silent();
    await tell(first, completedResult(first, { receipt: 'OUT1' }));
    const second = await silent();
    expect(await settle(second.id, completed('OUT1'))).toEqual({
      ok: false,
      error: { kind: 'receipt-of-another', transferId: first.id },
    });
  });
});

describe('a provider that speaks after all', () => {
  it('and says the same makes the word its own', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('OUT1'));
    await tell(transfer, completedResult(transfer, { receipt: 'OUT1' }));
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'completed',
      settledBy: undefined,
    });
    expect(await books()).toEqual(gone);
    expect(await town.exceptions()).toEqual([]);
    expect(await settle(transfer.id)).toMatchObject({ error: { kind: 'settled-by-provider' } });
  });

  it('and says the same by its statement makes the word its own', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('OUT1'));
    expect(await list(transfer, 'OUT1')).toMatchObject([{ kind: 'known' }]);
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'completed',
      settledBy: undefined,
    });
    expect(await town.exceptions()).toEqual([]);
    expect(await settle(transfer.id)).toMatchObject({ error: { kind: 'settled-by-provider' } });
  });

  it.each([
    ['failed', []],
    ['reversed', [completed('SEEN1')]],
  ])('and says it failed as well makes the word its own (%s)', async (state, before) => {
    const transfer = await silent();
    for (const word of before) await settle(transfer.id, word);
    await settle(transfer.id);
    await tell(transfer, failedResult(transfer));
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state,
      code: '2040',
      settledBy: undefined,
    });
    expect(await settle(transfer.id, completed('SEEN2'))).toMatchObject({
      error: { kind: 'settled-by-provider' },
    });
    expect(await books()).toEqual(notGone);
    expect(await town.exceptions()).toEqual([]);
  });

  it('and names another receipt is believed, and shown to a person', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('TYPO1'));
    await tell(transfer, completedResult(transfer, { receipt: 'OUT1' }));
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({ receipt: 'OUT1' });
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
    expect(await books()).toEqual(gone);
  });

  it('and says it failed takes the completion back, by entries of its own', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('OUT1'));
    await tell(transfer, failedResult(transfer));
    await tell(transfer, { ...failedResult(transfer), description: 'again' });
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'reversed',
      receipt: undefined,
      settledBy: undefined,
    });
    expect(await books()).toEqual(notGone);
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
    const kinds = await town.rows(
      `select kind from ledger_transaction where subject = '${transfer.id}' order by id`,
    );
    expect(kinds).toEqual([
      { kind: 'transfer-reserved' },
      { kind: 'transfer-completed' },
      { kind: 'transfer-reversed' },
    ]);
    expect(await settle(transfer.id)).toMatchObject({ error: { kind: 'settled-by-provider' } });
  });

  it('and says it arrived, against a person: booked, and shown', async () => {
    const transfer = await silent();
    await settle(transfer.id);
    await tell(transfer, completedResult(transfer));
    expect(await stateOf(transfer)).toBe('completed');
    expect(await books()).toEqual(gone);
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });

  it('and says first this, then that, is followed each time', async () => {
    const transfer = await silent();
    await settle(transfer.id, completed('OUT1'));
    await tell(transfer, failedResult(transfer));
    await tell(transfer, completedResult(transfer, { receipt: 'OUT1' }));
    expect(await stateOf(transfer)).toBe('completed');
    expect(await books()).toEqual(gone);
    // What the provider itself completed stays.
    await tell(transfer, { ...failedResult(transfer), description: 'once more' });
    expect(await stateOf(transfer)).toBe('completed');
  });
});

describe('a receipt that a person put on the wrong transfer', () => {
  it.each<[string, readonly Partial<Settlement>[], (right: Transfer) => Promise<unknown>]>([
    ['result', [], (right) => tell(right, completedResult(right, { receipt: 'OUT1' }))],
    ['statement', [], (right) => list(right, 'OUT1')],
    ['result, after a word', [completed('SEEN2')], (right) => tell(right, completedResult(right))],
  ])('goes to the right one by its %s, and a person is told', async (_, words, say) => {
    const wrong = await silent();
    await settle(wrong.id, completed('OUT1'));
    const right = await silent();
    for (const word of words) await settle(right.id, word);
    await say(right);
    const { transfers } = town.business;
    expect(await transfers.find(right.id)).toMatchObject({
      state: 'completed',
      receipt: 'OUT1',
      settledBy: undefined,
    });
    // Nobody but that person has spoken of the other one.
    expect(await transfers.find(wrong.id)).toMatchObject({
      state: 'reversed',
      receipt: undefined,
      settledBy: 'engine:test',
    });
    expect(await books()).toEqual(gone);
    expect(await town.exceptions()).toContain('payout-mismatch');
    expect(await settle(wrong.id, completed('OUT2'))).toMatchObject({ ok: true });
  });

  it('stays where a provider has put it: our own id stands in', async () => {
    const first = await silent();
    await tell(first, completedResult(first));
    const second = await silent();
    await tell(second, completedResult(second));
    const { transfers } = town.business;
    expect(await transfers.find(first.id)).toMatchObject({ receipt: 'OUT1' });
    expect(await transfers.find(second.id)).toMatchObject({
      state: 'completed',
      receipt: second.ownId,
    });
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });
});
