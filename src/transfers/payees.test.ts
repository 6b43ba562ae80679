import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { dayMs, invariant, numberFromId, shillings, type Msisdn, type PayeeId } from '#kernel';

import {
  openBusiness,
  owner,
  payoutNumber,
  type BusinessOptions,
  type TestBusiness,
} from '../../test/support/business.ts';
import type { PayeeView } from './index.ts';
import { completedResult, failedResult, openDesk, orderOf } from './test-kit.ts';

let town: TestBusiness;
// The first business of a file migrates its template: a hook has more time for it than a test.
beforeAll(async () => (await openBusiness()).close());
afterEach(() => town.closeProved());

const sweep = { dailyCapMinor: shillings(2_000), triggerMinor: 0n, reserveMinor: 0n };

const open = async (options: BusinessOptions = {}): Promise<void> => {
  town = await openBusiness({ mode: 'live', sweeps: { mpesa: sweep }, ...options });
  await town.business.transfers.payees.noteConfigured();
  await town.earn(shillings(10_000));
};
const payees = () => town.business.transfers.payees;
const configured = async (): Promise<PayeeView> => {
  const found = (await payees().list()).find(({ rail, active }) => rail === 'mpesa' && active);
  invariant(found !== undefined, 'the configured number is on the list');
  return found;
};
const check = async () => (await town.business.transfers.checkSweeps()).get('mpesa');
const test = (payeeId: PayeeId) =>
  town.business.transfers.requestTest({
    payeeId,
    why: 'test',
    requestedBy: owner,
    requestKey: undefined,
  });
const confirm = (id: PayeeId, receipt: string) => payees().confirm({ id, receipt, by: owner });

/** A test that arrives with the given receipt. */
const tested = async (id: PayeeId, receipt = 'TKN4XQ81ZB'): Promise<void> => {
  const planned = await test(id);
  invariant(planned.ok, 'the test is planned');
  await town.business.transfers.work();
  await town.deliver(
    'payout-result',
    numberFromId(planned.value.id),
    completedResult(planned.value, { receipt }),
  );
};

describe('the configured number', () => {
  it('gets nothing in live mode until its owner has typed what came with the test', async () => {
    await open();
    const { id, rail } = await configured();
    expect(await configured()).toMatchObject({ state: 'unconfirmed', confirmed: false });
    expect(await check()).toBe('number-not-confirmed');
    expect(await town.business.transfers.request(orderOf())).toMatchObject({
      error: { kind: 'number-not-confirmed', rail, number: '2547•••••001' },
    });
    await tested(id);
    expect(town.mpesa.payouts).toMatchObject([
      { amountMinor: shillings(10), msisdn: payoutNumber },
    ]);
    expect(await configured()).toMatchObject({ state: 'testing', confirmed: false });
    expect(await check()).toBe('number-not-confirmed');
    expect(await confirm(id, ' tkn4xq81zb ')).toMatchObject({
      ok: true,
      value: { state: 'confirmed', confirmed: true, confirmedBy: 'engine:test' },
    });
    expect(await check()).toMatchObject({ state: 'approved', kind: 'auto' });
    expect((await town.business.transfers.request(orderOf())).ok).toBe(true);
  });

  it('is on the list once, however many processes start', async () => {
    await open();
    const other = await town.neighbour();
    await Promise.all([
      payees().noteConfigured(),
      other.business.transfers.payees.noteConfigured(),
    ]);
    expect(await town.countOf('payee')).toBe(2);
    const actions = await town.rows("select from audit_record where action = 'payee.activated'");
    expect(actions).toHaveLength(2);
  });

  it('counts as confirmed in the sandbox, and the list says why', async () => {
    await open({ mode: 'sandbox' });
    expect(await configured()).toMatchObject({
      state: 'unconfirmed',
      confirmed: true,
      bySandbox: true,
    });
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('that changes starts anew, and sweeps wait a day after its confirmation', async () => {
    await open();
    const first = await configured();
    await tested(first.id);
    await confirm(first.id, 'TKN4XQ81ZB');
    const changed = { ...sweep, checkEveryMs: 1, payoutNumber: '254786322855' as Msisdn };
    const { transfers } = openDesk(town, {
      settings: new Map([['mpesa', changed]]),
      earnedOn: () => Promise.resolve(shillings(10_000)),
    });
    await transfers.payees.noteConfigured();
    expect(await configured()).toMatchObject({
      state: 'unconfirmed',
      replaces: true,
      warning: expect.stringContaining('the range of Airtel Money'),
    });
    const checkNew = async () => (await transfers.checkSweeps()).get('mpesa');
    expect(await checkNew()).toBe('number-not-confirmed');
    const { id } = await configured();
    await tested(id, 'TKN5XQ81ZB');
    await confirm(id, 'TKN5XQ81ZB');
    expect(await checkNew()).toBe('number-cooling');
    expect((await transfers.outlook())[0]?.next).toMatchObject({
      why: 'number-cooling',
      until: town.clock.now() + dayMs,
    });
    // By hand it may be used at once: a person decides.
    expect((await transfers.request(orderOf())).ok).toBe(true);
    await town.clock.advance(dayMs);
    expect(await checkNew()).toMatchObject({ state: 'approved' });
    // The first one stays allowed, but sweeps no longer go there.
    const kept = (await payees().list()).find((one) => one.id === first.id);
    expect(kept).toMatchObject({ state: 'confirmed', active: false });
  });
});

describe('a receipt', () => {
  it('may be wrong five times, then only another test helps', async () => {
    await open();
    const { id } = await configured();
    expect(await confirm(id, 'X')).toMatchObject({ error: { kind: 'no-test-yet' } });
    await tested(id);
    for (const triesLeft of [4, 3, 2, 1]) {
      expect(await confirm(id, 'WRONG')).toEqual({
        ok: false,
        error: { kind: 'wrong-receipt', triesLeft },
      });
    }
    expect(await confirm(id, 'WRONG')).toMatchObject({ error: { kind: 'too-many-tries' } });
    expect(await configured()).toMatchObject({ state: 'refused', confirmed: false });
    expect(await confirm(id, 'TKN4XQ81ZB')).toMatchObject({ error: { kind: 'too-many-tries' } });
    await tested(id, 'TKN5XQ81ZB');
    expect(await confirm(id, 'TKN4XQ81ZB')).toMatchObject({
      error: { kind: 'wrong-receipt', triesLeft: 4 },
    });
    expect((await confirm(id, 'TKN5XQ81ZB')).ok).toBe(true);
    expect(await confirm(id, 'TKN5XQ81ZB')).toMatchObject({
      error: { kind: 'already-confirmed' },
    });
  });

  it('is guessed by nobody who asks at once', async () => {
    await open();
    const { id } = await configured();
    await tested(id);
    const guesses = Array.from({ length: 12 }, (_, n) => confirm(id, `GUESS${n}`));
    const answers = await Promise.all(guesses);
    const told = answers.map((answer) => (answer.ok ? 'confirmed' : answer.error.kind));
    expect(told.filter((kind) => kind === 'wrong-receipt')).toHaveLength(4);
    expect(await configured()).toMatchObject({ state: 'refused', tries: 5 });
  });

  it('means nothing a day later, nor before the test has arrived', async () => {
    await open();
    const { id } = await configured();
    const planned = await test(id);
    invariant(planned.ok, 'planned');
    await town.business.transfers.work();
    expect(await confirm(id, planned.value.ownId)).toMatchObject({
      error: { kind: 'test-not-arrived' },
    });
    const word = completedResult(planned.value, { receipt: 'TKN4XQ81ZB' });
    await town.deliver('payout-result', numberFromId(planned.value.id), word);
    await town.clock.advance(dayMs + 1);
    expect(await confirm(id, 'TKN4XQ81ZB')).toMatchObject({ error: { kind: 'test-expired' } });
    expect(await configured()).toMatchObject({ state: 'unconfirmed' });
    expect((await test(id)).ok).toBe(true);
  });

  it('that a person says came with the test proves nothing', async () => {
    await open();
    const { id } = await configured();
    const planned = await test(id);
    invariant(planned.ok, 'planned');
    await town.business.transfers.work();
    await town.corrupt("update transfer set state = 'unknown', next_step_at = null");
    await town.clock.advance(2 * dayMs + 1);
    const word = { transferId: planned.value.id, reason: 'seen', by: owner };
    const end = { kind: 'completed', receipt: 'ABC123' } as const;
    expect(await town.business.transfers.settleByHand({ ...word, end })).toMatchObject({
      ok: true,
    });
    expect(await confirm(id, 'ABC123')).toMatchObject({ error: { kind: 'test-not-arrived' } });
  });

  it('is told nowhere but on the phone', async () => {
    await open();
    const { id } = await configured();
    await tested(id, 'SECRET1234');
    const told = await town.rows<{ text: string }>(`
      select payload::text as text from event
      union all select detail::text from audit_record
      union all select detail::text from exception`);
    expect(told.filter(({ text }) => text.includes('SECRET1234'))).toEqual([]);
  });
});

describe('a test', () => {
  it('goes out once, however often it is asked for', async () => {
    await open();
    const { id } = await configured();
    const answers = await Promise.all([test(id), test(id), test(id)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { kind: 'test-under-way' } });
    await town.business.transfers.work();
    const {
      items: [transfer],
    } = await town.business.transfers.page({
      before: undefined,
      limit: 1,
      rail: undefined,
    });
    invariant(transfer !== undefined, 'the test is kept');
    await town.deliver('payout-result', numberFromId(transfer.id), completedResult(transfer));
    expect(await test(id)).toMatchObject({ error: { kind: 'test-unanswered' } });
  });

  it('that failed may be sent again', async () => {
    await open();
    const { id } = await configured();
    const planned = await test(id);
    invariant(planned.ok, 'planned');
    await town.business.transfers.work();
    await town.deliver(
      'payout-result',
      numberFromId(planned.value.id),
      failedResult(planned.value),
    );
    expect(await confirm(id, 'X')).toMatchObject({ error: { kind: 'test-not-arrived' } });
    expect((await test(id)).ok).toBe(true);
  });

  it('needs money, a running engine and a number on the list', async () => {
    town = await openBusiness({ mode: 'live', sweeps: { mpesa: sweep } });
    await payees().noteConfigured();
    const { id } = await configured();
    expect(await test(id)).toMatchObject({ error: { kind: 'balance-too-low' } });
    await town.earn(shillings(10));
    await town.business.engine.turn('off', owner, 'test');
    expect(await test(id)).toMatchObject({ error: { kind: 'engine-stopped' } });
    const nobody = 'pe_0000000000001' as PayeeId;
    expect(await test(nobody)).toMatchObject({ error: { kind: 'payee-not-found' } });
    expect(await confirm(nobody, 'X')).toMatchObject({ error: { kind: 'payee-not-found' } });
  });
});

describe('a further number', () => {
  const add = (rail: 'mpesa' | 'airtel' = 'mpesa') =>
    payees().add({ rail, msisdn: '254711000111' as Msisdn, label: 'Shop', by: owner });

  it('is added once, and paid by hand once it is confirmed', async () => {
    await open();
    const [first, again] = [await add(), await add()];
    invariant(first.ok && again.ok, 'added');
    expect(again.value.id).toBe(first.value.id);
    const payeeId = first.value.id;
    expect(await town.business.transfers.request(orderOf({ payeeId }))).toMatchObject({
      error: { kind: 'number-not-confirmed', number: '2547•••••111' },
    });
    await tested(payeeId);
    await confirm(payeeId, 'TKN4XQ81ZB');
    const paid = await town.business.transfers.request(orderOf({ payeeId }));
    expect(paid).toMatchObject({ ok: true, value: { payeeId, msisdn: '254711000111' } });
    expect(await check()).toBe('number-not-confirmed');
  });

  it('belongs to its rail', async () => {
    await open();
    const added = await add('airtel');
    invariant(added.ok, 'added');
    const order = orderOf({ payeeId: added.value.id });
    expect(await town.business.transfers.request(order)).toMatchObject({
      error: { kind: 'payee-not-found' },
    });
  });

  it('has the day’s limit to itself, over every kind of transfer', async () => {
    await open();
    await town.earn(shillings(1_500_000));
    const { id } = await configured();
    await tested(id);
    await confirm(id, 'TKN4XQ81ZB');
    await check();
    const other = await add();
    invariant(other.ok, 'added');
    await tested(other.value.id, 'TKN5XQ81ZB');
    await confirm(other.value.id, 'TKN5XQ81ZB');
    const toOther = { payeeId: other.value.id };
    const amountMinor = shillings(249_995);
    const orders = [{}, {}, toOther, toOther, {}, toOther];
    const answers = await Promise.all(
      orders.map((more) => town.business.transfers.request(orderOf({ ...more, amountMinor }))),
    );
    // The configured number has had the test and the sweep, the other one its test: two large
    // ones are more than the first may have, and as much as the other may.
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
    expect(new Set(refused.map(({ kind }) => kind))).toEqual(new Set(['over-daily-limit']));
    expect(refused).toContainEqual({
      kind: 'over-daily-limit',
      rail: 'mpesa',
      number: '2547•••••001',
      limitMinor: shillings(500_000),
      leftMinor: shillings(500_000 - 10 - 2_000 - 249_995),
    });
  });
});
