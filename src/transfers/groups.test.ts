import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { numberFromId, shillings } from '#kernel';
import type { PayoutSubmission } from '#rails';

import type { TestBusiness } from '../../test/support/business.ts';
import type { Transfer } from './index.ts';
import { completedResult, openSweeping, orderOf, planned } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openSweeping({ payoutFeeMinor: shillings(5) });
});
afterEach(() => town.closeProved());

const work = () => town.business.transfers.work();
const plan = async (count: number): Promise<readonly Transfer[]> => {
  const transfers: Transfer[] = [];
  for (let n = 0; n < count; n += 1) {
    transfers.push(await planned(town, orderOf({ amountMinor: shillings(10 + n) })));
  }
  return transfers;
};
const states = async (): Promise<readonly string[]> =>
  (await town.rows<{ state: string }>('select state from transfer order by id')).map(
    ({ state }) => state,
  );
const tell = (transfers: readonly Transfer[]) =>
  Promise.all(
    transfers.map((transfer) =>
      town.deliver(
        'payout-result',
        numberFromId(transfer.id),
        completedResult(transfer, { receipt: `OUT${transfer.ownId}` }),
      ),
    ),
  );

describe('payouts that go out together', () => {
  it('are ten at a time on a rail that has shown nothing yet', async () => {
    await plan(13);
    expect(await work()).toBe(10);
    expect(town.mpesa.payouts).toHaveLength(10);
  });

  it('are as many as there are once the rail completes what it is sent', async () => {
    const [first] = await plan(1);
    await work();
    await tell(first === undefined ? [] : [first]);
    const others = await plan(25);
    expect(await work()).toBe(25);
    expect(town.mpesa.payouts).toHaveLength(26);
    await tell(others);
    expect(new Set(await states())).toEqual(new Set(['completed']));
    expect(town.mpesa.payouts).toHaveLength(26);
  });

  it.each<[string, PayoutSubmission]>([
    ['an answer that is lost', { kind: 'unknown', cause: 'timeout' }],
    ['a refusal', { kind: 'refused', code: '1', description: '', reason: 'busy', mayResend: true }],
  ])('are ten at a time again after %s', async (_, answer) => {
    const [first] = await plan(1);
    await work();
    await tell(first === undefined ? [] : [first]);
    town.mpesa.script.payout = () => answer;
    await plan(1);
    await work();
    await plan(12);
    expect(await work()).toBe(10);
  });

  it('are ten at a time again when the last completion was a minute ago', async () => {
    const [first] = await plan(1);
    await work();
    await tell(first === undefined ? [] : [first]);
    await town.clock.advance(60_000);
    await plan(12);
    expect(await work()).toBe(10);
  });

  it('are committed as sending, all of them, before any of them leaves', async () => {
    await plan(5);
    const seen: (readonly string[])[] = [];
    town.mpesa.script.payout = async ({ ownId }) => {
      seen.push(await states());
      return { kind: 'accepted', providerRequestId: `AG_${ownId}` };
    };
    await work();
    expect(seen).toHaveLength(5);
    for (const one of seen) expect(one).not.toContain('approved');
  });

  it('are asked about and never sent, where their commit was not heard of', async () => {
    await plan(5);
    town.fault.loseNextCommit();
    await work();
    await town.clock.advance(180_000);
    await work();
    expect(town.mpesa.payouts).toEqual([]);
    expect(town.mpesa.payoutQueries).toHaveLength(5);
    expect(new Set(await states())).toEqual(new Set(['unknown']));
  });

  it('do not wait for the answer of one of them', async () => {
    const transfers = await plan(3);
    const { promise, resolve } = Promise.withResolvers<PayoutSubmission>();
    const [slow] = transfers;
    town.mpesa.script.payout = ({ ownId }) =>
      ownId === slow?.ownId ? promise : { kind: 'accepted', providerRequestId: `AG_${ownId}` };
    const working = work();
    while ((await states()).filter((state) => state === 'sent').length < 2) {
      await town.rows('select 1');
    }
    expect(await states()).toEqual(['sending', 'sent', 'sent']);
    resolve({ kind: 'unknown', cause: 'timeout' });
    await working;
    expect(await states()).toEqual(['unknown', 'sent', 'sent']);
  });
});

describe('results that come together', () => {
  it('are each booked, with its own audit record, evidence and news', async () => {
    const transfers = await plan(8);
    await work();
    await tell(transfers);
    expect(new Set(await states())).toEqual(new Set(['completed']));
    const count = async (text: string) => (await town.rows<{ n: bigint }>(text))[0]?.n;
    expect(
      await count("select count(*) as n from audit_record where action = 'transfer.completed'"),
    ).toBe(8n);
    expect(await count("select count(*) as n from event where topic = 'transfer.completed'")).toBe(
      8n,
    );
    expect(
      await count("select count(*) as n from ledger_transaction where kind = 'transfer-completed'"),
    ).toBe(8n);
    expect(await town.exceptions()).toEqual([]);
  });

  it('with one receipt for two of them complete both, and tell a person', async () => {
    const transfers = await plan(3);
    await work();
    await Promise.all(
      transfers.map((transfer, n) =>
        town.deliver(
          'payout-result',
          numberFromId(transfer.id),
          completedResult(transfer, { receipt: n === 0 ? 'OUT0' : 'OUT1' }),
        ),
      ),
    );
    expect(new Set(await states())).toEqual(new Set(['completed']));
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });

  it('about the same transfer, and of another amount, harm no neighbour', async () => {
    const transfers = await plan(3);
    await work();
    const [first, second, third] = transfers;
    const tellOf = (transfer: Transfer | undefined, more: object) =>
      transfer === undefined
        ? undefined
        : town.deliver(
            'payout-result',
            numberFromId(transfer.id),
            completedResult(transfer, { receipt: `OUT${transfer.ownId}`, ...more }),
          );
    await Promise.all([
      tellOf(first, {}),
      tellOf(first, { description: 'once more' }),
      tellOf(second, { amountMinor: 1n }),
      tellOf(third, {}),
    ]);
    expect(await states()).toEqual(['completed', 'sent', 'completed']);
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });
});
