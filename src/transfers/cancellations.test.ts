import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, invariant, numberFromId, shillings, type TransferId } from '#kernel';

import { sql } from '#platform/db';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import { capMinor, completedResult, openSweeping, planned } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openSweeping();
});
afterEach(() => town.closeProved());

const cancel = (transferId: TransferId, by = town) =>
  by.business.transfers.cancel({ transferId, reason: 'the wrong amount', by: owner });
const stateOf = async (id: TransferId) => (await town.business.transfers.find(id))?.state;
const wallet = async () => {
  const balances = await town.business.ledger.balances();
  const of = (name: string) => balances.find((one) => one.name === name)?.balanceMinor ?? 0n;
  return {
    collection: of('rail:mpesa:collection'),
    inFlight: of('transfer:in_flight:mpesa'),
    drawings: of('owner:drawings:mpesa'),
  };
};
const untouched = { collection: shillings(10_000), inFlight: 0n, drawings: 0n };

describe('a cancelled transfer', () => {
  it('gives its reservation back, is told and recorded once, and never leaves', async () => {
    const { id } = await planned(town);
    expect(await cancel(id)).toMatchObject({
      ok: true,
      value: { state: 'cancelled', description: 'the wrong amount' },
    });
    expect(await cancel(id)).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    expect(await wallet()).toEqual(untouched);
    await town.business.transfers.work();
    await town.clock.advance(dayMs);
    await town.business.transfers.work();
    expect(town.mpesa.payouts).toEqual([]);
    expect(await stateOf(id)).toBe('cancelled');
    const records = await town.rows<{ action: string; detail: object }>(
      `select action, detail from audit_record where action = 'transfer.cancelled'`,
    );
    expect(records).toMatchObject([{ detail: { detail: 'the wrong amount' } }]);
    const events = await town.rows<{ payload: object }>(
      `select payload from event where topic = 'transfer.cancelled'`,
    );
    expect(events).toMatchObject([{ payload: { transferId: id, amount: 1_000 } }]);
  });

  it('was not sent yet: what is under way or over stays as it is', async () => {
    const { id } = await planned(town);
    await town.business.transfers.work();
    expect(await cancel(id)).toEqual({
      ok: false,
      error: { kind: 'past-cancelling', state: 'sent' },
    });
    expect(await cancel('tr_0000000000001' as TransferId)).toEqual({
      ok: false,
      error: { kind: 'transfer-not-found' },
    });
    expect(town.mpesa.payouts).toHaveLength(1);
  });

  it('is refused between its intent and the answer of its provider', async () => {
    const { id } = await planned(town);
    const during: unknown[] = [];
    town.mpesa.script.payout = async ({ ownId }) => {
      during.push(await cancel(id));
      return { kind: 'accepted', providerRequestId: `AG_${ownId}` };
    };
    await town.business.transfers.work();
    expect(during).toEqual([{ ok: false, error: { kind: 'past-cancelling', state: 'sending' } }]);
    expect(await stateOf(id)).toBe('sent');
  });

  it('has either left or been cancelled, whoever comes first, in whatever engines', async () => {
    const other = await town.neighbour();
    const ids: TransferId[] = [];
    for (let n = 0; n < 9; n += 1) {
      ids.push((await planned(town, { amountMinor: shillings(100) })).id);
    }
    const works = [town.business.transfers.work(), other.business.transfers.work()];
    const answers = await Promise.all(ids.toReversed().map((id) => cancel(id)));
    await Promise.all(works);
    await town.business.transfers.work();
    const sent = new Set(town.mpesa.payouts.map(({ ownId }) => ownId));
    expect(sent.size).toBe(town.mpesa.payouts.length);
    for (const [n, id] of ids.toReversed().entries()) {
      const transfer = await town.business.transfers.find(id);
      invariant(transfer !== undefined, 'a transfer is never removed');
      const isCancelled = answers[n]?.ok === true;
      expect(transfer.state).toBe(isCancelled ? 'cancelled' : 'sent');
      expect(sent.has(transfer.ownId)).toBe(!isCancelled);
    }
  });

  it('holds the row that sending waits for, and the other way round', async () => {
    const { id } = await planned(town);
    const { database } = town.business;
    const gate = Promise.withResolvers<undefined>();
    // Somebody else is at the row: the sender and the cancellation queue behind it.
    const held = database.transaction(async (tx) => {
      await sql`select from transfer for update`.execute(tx);
      await gate.promise;
    });
    const cancelled = cancel(id);
    const worked = town.business.transfers.work();
    gate.resolve(undefined);
    await held;
    const answer = await cancelled;
    await worked;
    await town.business.transfers.work();
    expect(town.mpesa.payouts).toHaveLength(answer.ok ? 0 : 1);
    expect(await stateOf(id)).toBe(answer.ok ? 'cancelled' : 'sent');
  });

  it('that was the day’s sweep is not planned anew before tomorrow', async () => {
    const { transfers } = town.business;
    const sweep = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof sweep === 'object', 'planned');
    await cancel(sweep.id);
    expect((await transfers.checkSweeps()).get('mpesa')).toBe('cancelled-today');
    expect(await wallet()).toEqual(untouched);
    await town.clock.advance(dayMs);
    await town.earn(shillings(5_000));
    expect((await transfers.checkSweeps()).get('mpesa')).toMatchObject({ amountMinor: capMinor });
  });

  it('frees a number for another test, and a wallet for another top-up', async () => {
    const { transfers } = town.business;
    const topUp = { rail: 'mpesa', amountMinor: shillings(500), why: 'Friday' } as const;
    const who = { requestedBy: owner, requestKey: undefined };
    const first = await transfers.requestTopUp({ ...topUp, ...who });
    invariant(first.ok, 'planned');
    expect(await transfers.requestTopUp({ ...topUp, ...who })).toMatchObject({
      error: { kind: 'top-up-under-way' },
    });
    await cancel(first.value.id);
    expect(await wallet()).toEqual(untouched);
    expect(await transfers.requestTopUp({ ...topUp, ...who })).toMatchObject({ ok: true });
  });

  it('that its provider remembers after all is booked, and a person looks', async () => {
    const transfer = await planned(town);
    town.mpesa.script.payout = () => ({
      kind: 'refused',
      code: '500',
      description: 'busy',
      reason: 'provider-down',
      mayResend: true,
    });
    await town.business.transfers.work();
    expect(await stateOf(transfer.id)).toBe('approved');
    expect(await cancel(transfer.id)).toMatchObject({ ok: true });
    await town.deliver('payout-result', numberFromId(transfer.id), completedResult(transfer));
    expect(await stateOf(transfer.id)).toBe('completed');
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
    expect(await wallet()).toEqual({
      collection: shillings(9_000),
      inFlight: 0n,
      drawings: shillings(1_000),
    });
  });
});
