import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { shillings } from '#kernel';
import type { ListedPayment } from '#rails';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import { createPaymentStore } from './payments/store.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const listed = (more: Partial<ListedPayment> = {}): ListedPayment => ({
  receipt: 'LISTED1',
  amountMinor: shillings(700),
  occurredAt: town.clock.now() - hourMs,
  accountReference: 'TRADING',
  ownId: undefined,
  payer: undefined,
  raw: '{"listed":true}',
  ...more,
});

const onMpesa = (...payments: readonly ListedPayment[]): void => {
  town.mpesa.script.list = () => ({ kind: 'listed', payments });
};
const read = (): Promise<number> => town.business.collections.findUntold();
const standing = async () => (await town.business.targets.standing()).today;

describe('the provider’s own list', () => {
  it('books a payment whose notice never came, once, with the list as its evidence', async () => {
    onMpesa(listed());
    expect(await read()).toBe(1);
    expect(await read()).toBe(0);
    expect((await standing()).mpesa).toBe(shillings(700));
    const [evidence] = await town.rows<{ kind: string }>('select kind from evidence');
    expect(evidence?.kind).toBe('list');
  });

  it('leaves alone what is in the books, and the notice that comes after it', async () => {
    await town.earn(shillings(500));
    onMpesa(listed({ receipt: 'EARN1', amountMinor: shillings(500) }), listed());
    expect(await read()).toBe(1);
    await town.deliver('paybill-confirmation', 0n, {
      kind: 'payer-payment',
      receipt: 'LISTED1',
      amountMinor: shillings(700),
      shortCode: '600111',
      accountReference: 'TRADING',
      payer: undefined,
      payerName: undefined,
      occurredAt: town.clock.now(),
    });
    expect(await town.countOf('payment')).toBe(2);
    expect((await standing()).mpesa).toBe(shillings(1_200));
  });

  it('pays the charge whose reference the payer typed', async () => {
    const charge = await town.charge({ amountMinor: shillings(700) });
    onMpesa(listed({ accountReference: ` ${charge.reference.toLowerCase()} ` }));
    expect(await read()).toBe(1);
    expect((await town.business.billing.find(charge.id))?.state).toBe('paid');
  });

  it('pays the charge of a prompt by our own id', async () => {
    const { charge, ownId } = await town.prompted({ amountMinor: shillings(700) });
    onMpesa(listed({ ownId, accountReference: '' }));
    expect(await read()).toBe(1);
    expect((await town.business.billing.find(charge.id))?.state).toBe('paid');
    const [prompt] = await town.business.collections.promptsOf(charge.id);
    expect(prompt?.state).toBe('paid');
  });

  it('holds money nobody can place in suspense', async () => {
    onMpesa(listed({ accountReference: 'whatever' }));
    expect(await read()).toBe(1);
    expect(await town.exceptions()).toEqual(['unknown-payer']);
    expect((await standing()).mpesa).toBe(0n);
  });

  it('gives a callback on its way two minutes to come first', async () => {
    onMpesa(listed({ occurredAt: town.clock.now() - minuteMs }));
    expect(await read()).toBe(0);
    await town.clock.advance(2 * minuteMs);
    expect(await read()).toBe(1);
  });

  it('books nothing from a list that could not be read, and tries again', async () => {
    town.mpesa.script.list = () => ({ kind: 'unknown', cause: 'timeout' });
    expect(await read()).toBe(0);
    onMpesa(listed({ occurredAt: town.clock.now() - 40 * hourMs }));
    expect(await read()).toBe(1);
  });

  it('asks again by itself for a list that was not read, a few times and no more', async () => {
    let asked = 0;
    town.mpesa.script.list = () => {
      asked += 1;
      return { kind: 'unknown', cause: 'timeout' };
    };
    expect(await read()).toBe(0);
    for (const times of [2, 3, 4]) {
      await town.clock.advance(minuteMs);
      await expect.poll(() => asked).toBe(times);
    }
    await town.clock.advance(10 * minuteMs);
    expect(await read()).toBe(0);
    expect(asked).toBe(5);
    onMpesa(listed());
    await town.clock.advance(minuteMs);
    await expect.poll(() => town.countOf('payment')).toBe(1);
    expect((await standing()).mpesa).toBe(shillings(700));
  });

  it('waits for nobody who holds what it leaves alone', async () => {
    await town.earn(shillings(500));
    onMpesa(listed({ receipt: 'EARN1', amountMinor: shillings(500) }), listed());
    const { business } = town;
    const held = createPaymentStore(business);
    await business.database.transaction(async (tx) => {
      const locked = await held.lockByReceipts(tx, [{ rail: 'mpesa', receipt: 'EARN1' }]);
      expect(locked.size).toBe(1);
      expect(await read()).toBe(1);
    });
  });

  it('is read by two engines at once without booking twice', async () => {
    const other = await town.neighbour();
    onMpesa(listed(), listed({ receipt: 'LISTED2' }));
    const found = await Promise.all([read(), other.business.collections.findUntold()]);
    expect(found[0] + found[1]).toBe(2);
    expect(await town.countOf('payment')).toBe(2);
  });
});
