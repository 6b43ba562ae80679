import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  idFromNumber,
  invariant,
  shillings,
  type ChargeId,
  type PaymentId,
  type RailId,
} from '#kernel';
import { sql, type Database } from '#platform/db';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { chargeStates, mayBecome, type Charge, type ChargeState } from './charge.ts';
import { isTransient } from './errors.ts';
import { createBilling, type Billing, type ChargeOrder } from './service.ts';
import type { ChargeChange } from './store.ts';
import type { WaitingQuestion } from './waiting/store.ts';

const hourMs = 60 * 60 * 1000;
const rails = new Map([
  ['mpesa', { capabilities: { promptMinor: { min: shillings(1), max: shillings(250_000) } } }],
] as const);

let base: TestFoundation;
let billing: Billing;

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(async () => {
  await sql`delete from charge`.execute(base.database.executor);
  await sql`delete from event`.execute(base.database.executor);
  billing = createBilling({ ...base, random: randomBytes, rails });
});

const withRandom = (random: (count: number) => Buffer, database: Database = base.database) =>
  createBilling({ ...base, database, random, rails });

const order = (change: Partial<ChargeOrder> = {}): ChargeOrder => ({
  streamId: 'trading',
  amountMinor: shillings(150),
  createdBy: { kind: 'cli' },
  ...change,
});

async function make(change: Partial<ChargeOrder> = {}, by = billing): Promise<Charge> {
  const charge = await by.charge(order(change));
  invariant(charge.ok, 'the order is in order');
  return charge.value;
}

const payment = idFromNumber('payment', 77n);
const changeOf = (id: ChargeId, to: ChargeState, paymentId?: PaymentId): ChargeChange => ({
  id,
  to,
  ...(to === 'paid' ? { paymentId: paymentId ?? payment } : {}),
});
const move = (changes: readonly ChargeChange[]) =>
  base.database.transaction((tx) => billing.change(tx, changes));

const topics = async (): Promise<readonly string[]> =>
  (await base.outbox.after(undefined, 500)).map(({ topic }) => topic);

describe('a new charge', () => {
  it('keeps the order, and is found again', async () => {
    const consent = { basis: 'payer-act', givenAt: base.clock.now() - 1_000 } as const;
    const charge = await make({ phone: '0712 345 678', consent, description: 'Two chairs' });
    expect(charge).toMatchObject({
      state: 'open',
      streamId: 'trading',
      rail: 'mpesa',
      amountMinor: 150_00n,
      description: 'Two chairs',
      msisdn: '254712345678',
      consent,
      createdBy: 'cli',
      createdAt: base.clock.now(),
      expiresAt: base.clock.now() + 24 * hourMs,
      paymentId: undefined,
      reason: undefined,
    });
    expect(await billing.find(charge.id)).toEqual(charge);
    expect(await billing.find(idFromNumber('charge', 1n))).toBeUndefined();
    expect(await topics()).toEqual(['charge.created']);
    const [record] = await base.audit.list(base.database.executor, { limit: 1 });
    expect(record).toMatchObject({
      actor: { kind: 'cli' },
      action: 'charge.created',
      subject: `charge:${charge.id}`,
      detail: { stream: 'trading', rail: 'mpesa', amount: 'KES 150' },
    });
  });

  it('goes without phone and words', async () => {
    const charge = await make();
    expect(charge).toMatchObject({ description: 'Trading profits', msisdn: undefined });
    expect(await billing.find(charge.id)).toEqual(charge);
  });

  it.each([
    ['', 'Trading profits'],
    ['  \n ', 'Trading profits'],
    ['one\u0000two\nthree', 'one two three'],
    ['x'.repeat(200), 'x'.repeat(100)],
  ])('describes itself in one plain line: %j', async (description, kept) => {
    const charge = await make({ description });
    expect((await billing.find(charge.id))?.description).toBe(kept);
  });

  it('shows no phone number to a reader of the table', async () => {
    const [first, second] = [
      await make({ phone: '0712345678' }),
      await make({ phone: '712345678' }),
    ];
    const { rows } = await sql<{ row: string; index: Buffer; sealed: Buffer }>`
      select charge::text as row, phone_index as index, phone_sealed as sealed
      from charge order by id`.execute(base.database.executor);
    const hex = Buffer.from('712345678').toString('hex');
    for (const { row } of rows)
      for (const form of ['712345678', hex]) expect(row).not.toContain(form);
    // The index finds the same phone again; the sealed forms tell nothing, not even that.
    expect(rows[0]?.index).toEqual(rows[1]?.index);
    expect(rows[0]?.sealed).not.toEqual(rows[1]?.sealed);
    // Moved to another row, a sealed number does not open.
    await sql`
      update charge set phone_sealed = ${rows[0]?.sealed}
      where id = (select max(id) from charge)`.execute(base.database.executor);
    await expect(billing.find(second.id)).rejects.toThrow('phone_sealed');
    expect((await billing.find(first.id))?.msisdn).toBe('254712345678');
  });
});

describe('an order is refused', () => {
  const wrong = {
    stream: { streamId: 'gambling' },
    cents: { amountMinor: 150_50n },
    rail: { rail: 'airtel' },
    range: { amountMinor: shillings(250_001) },
    phone: { phone: '0202345678' },
    consent: { consent: { basis: 'payer-act', givenAt: 1 } },
  } as const;

  it.each([
    ['for an unknown stream', wrong.stream, { kind: 'unknown-stream', streamId: 'gambling' }],
    ['with cents', wrong.cents, { kind: 'amount-not-whole-shillings', amountMinor: 150_50n }],
    ['on a rail that is not set up', wrong.rail, { kind: 'rail-not-set-up', rail: 'airtel' }],
    [
      'for a stream whose rail is not set up',
      { streamId: 'airtime' },
      { kind: 'rail-not-set-up', rail: 'airtel' },
    ],
    [
      'above the range',
      wrong.range,
      { kind: 'amount-out-of-range', rail: 'mpesa', minMinor: 100n, maxMinor: 250_000_00n },
    ],
    ['below the range', { amountMinor: 0n }, { kind: 'amount-out-of-range' }],
    ['below zero', { amountMinor: -500_00n }, { kind: 'amount-out-of-range' }],
    ['for no mobile number', wrong.phone, { kind: 'not-a-phone-number' }],
    ['with consent of nobody', wrong.consent, { kind: 'consent-without-phone' }],
  ] as const)('%s', async (_what, change, error) => {
    const refused = await billing.charge(order(change));
    expect(refused).toMatchObject({ ok: false, error });
    expect(!refused.ok && isTransient(refused.error)).toBe(false);
    expect(await billing.page({ before: undefined, limit: 10, state: undefined })).toEqual([]);
  });

  describe('and another rail', () => {
    const low = { min: shillings(1), max: shillings(200) };
    const both = new Map<RailId, { readonly capabilities: { readonly promptMinor: typeof low } }>([
      ...rails,
      ['airtel', { capabilities: { promptMinor: low } }],
    ]);
    const act = { basis: 'payer-act', givenAt: 1 } as const;
    const phone = '0712345678';
    const fallback = { rail: 'airtel', phone: '0733000001' } as const;
    const orders = { phone, consent: act, fallback } as const;
    const withBoth = () => createBilling({ ...base, random: randomBytes, rails: both });

    it('is kept, sealed, with the same act', async () => {
      const made = await make(orders, withBoth());
      expect(made).toMatchObject({
        rail: 'mpesa',
        msisdn: '254712345678',
        consent: act,
        fallback: { rail: 'airtel', msisdn: '254733000001', usedAt: undefined },
      });
      expect(await withBoth().find(made.id)).toEqual(made);
      const { rows } = await sql<{ text: string }>`
        select charge::text as text from charge`.execute(base.database.executor);
      expect(rows[0]?.text).not.toMatch(/733000001|712345678/);
    });

    it.each([
      ['without an act', { fallback, phone }, 'fallback-without-act'],
      [
        'on a standing consent',
        { ...orders, consent: { basis: 'standing', givenAt: 1 } },
        'fallback-without-act',
      ],
      ['that is the same', { ...orders, rail: 'airtel' }, 'fallback-on-same-rail'],
      ['that cannot carry it', { ...orders, amountMinor: shillings(201) }, 'amount-out-of-range'],
      [
        'without a number',
        { ...orders, fallback: { rail: 'airtel', phone: '12' } },
        'not-a-phone-number',
      ],
    ] as const)('is refused %s', async (_, change, kind) => {
      const answer = await withBoth().charge(order(change));
      expect(answer).toMatchObject({ ok: false, error: { kind } });
    });

    it('is refused where it is not set up', async () => {
      const answer = await billing.charge(order(orders));
      expect(answer).toMatchObject({ error: { kind: 'rail-not-set-up', rail: 'airtel' } });
    });

    it('belongs to the order, before and after it is used', async () => {
      const repeat = { ...orders, requestKey: 'once' };
      const first = await make(repeat, withBoth());
      expect(await make(repeat, withBoth())).toEqual(first);
      const moved = await base.database.transaction((tx) => withBoth().fallBack(tx, first));
      expect(moved).toMatchObject({
        rail: 'airtel',
        msisdn: '254733000001',
        fallback: { rail: 'mpesa', msisdn: '254712345678', usedAt: base.clock.now() },
      });
      expect(await make(repeat, withBoth())).toEqual(moved);
      const { fallback: _dropped, ...without } = repeat;
      expect(await withBoth().charge(order(without))).toMatchObject({
        error: { kind: 'key-used-for-other-input' },
      });
    });

    it('is used once, and only while the charge is open', async () => {
      const first = await make(orders, withBoth());
      const fallBack = (charge: Charge) =>
        base.database.transaction((tx) => withBoth().fallBack(tx, charge));
      await fallBack(first);
      await expect(fallBack(first)).rejects.toThrow(/only once/);
      const second = await make(orders, withBoth());
      await base.database.transaction((tx) =>
        billing.change(tx, [{ id: second.id, to: 'prompting' }]),
      );
      await expect(fallBack(second)).rejects.toThrow(/only an open charge/);
    });
  });

  it.each([
    ['unknown-stream', { ...wrong.cents, ...wrong.rail, ...wrong.phone, ...wrong.stream }],
    ['amount-not-whole-shillings', { ...wrong.rail, ...wrong.phone, ...wrong.cents }],
    ['rail-not-set-up', { ...wrong.range, ...wrong.phone, ...wrong.rail }],
    ['amount-out-of-range', { ...wrong.range, ...wrong.phone, ...wrong.consent }],
    ['not-a-phone-number', { ...wrong.phone, ...wrong.consent }],
  ] as const)('%s before what is wrong besides', async (kind, change) => {
    expect(await billing.charge(order(change))).toMatchObject({ ok: false, error: { kind } });
  });
});

describe('a request key', () => {
  const keyed = { requestKey: 'till-7/42', phone: '0712345678' };

  it('gives the same charge to whoever asks again', async () => {
    const charge = await make(keyed);
    expect(await make({ ...keyed, description: 'in other words' })).toEqual(charge);
    expect(await topics()).toEqual(['charge.created']);
  });

  it('gives the charge as it is by now', async () => {
    const charge = await make(keyed);
    await move([changeOf(charge.id, 'paid')]);
    expect(await make(keyed)).toMatchObject({ id: charge.id, state: 'paid', paymentId: payment });
  });

  it('gives one charge to many who ask at once, in two processes', async () => {
    const neighbour = withRandom(randomBytes, base.neighbour);
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => make(keyed, n % 2 === 0 ? billing : neighbour)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await topics()).toEqual(['charge.created']);
  });

  it.each([
    ['amount', { amountMinor: shillings(151) }],
    ['stream', { streamId: 'automation' }],
    ['phone', { phone: '0712345679' }],
  ])('is refused with another %s', async (_what, change) => {
    await make(keyed);
    const error = { kind: 'key-used-for-other-input', requestKey: keyed.requestKey };
    expect(await billing.charge(order({ ...keyed, ...change }))).toEqual({ ok: false, error });
  });

  it('is not shared by charges without one', async () => {
    const [first, second] = [await make(), await make()];
    expect(first.id).not.toBe(second.id);
  });
});

describe('a reference that is taken', () => {
  const scripted = (...fills: readonly number[]) => {
    let asked = 0;
    return {
      asked: () => asked,
      random: (count: number) => Buffer.alloc(count, fills[Math.min(asked++, fills.length - 1)]),
    };
  };

  it('is drawn again', async () => {
    const taken = await make({}, withRandom(scripted(1).random));
    const { random, asked } = scripted(1, 1, 2);
    const charge = await make({ requestKey: 'k' }, withRandom(random));
    expect([taken.reference, charge.reference, asked()]).toEqual(['11111111', '22222222', 3]);
    expect(await billing.find(charge.id)).toEqual(charge);
    expect(await topics()).toEqual(['charge.created', 'charge.created']);
  });

  it('five times in a row is a defect of the chance, not of the order', async () => {
    const { random, asked } = scripted(1);
    await make({}, withRandom(random));
    await expect(withRandom(random).charge(order())).rejects.toThrow(
      'charge_business_id_reference',
    );
    expect(asked()).toBe(6);
    expect(await billing.page({ before: undefined, limit: 10, state: undefined })).toHaveLength(1);
  });
});

describe('moving on', () => {
  const pairs = chargeStates.flatMap((from) => chargeStates.map((to) => [from, to] as const));

  it.each(pairs)('from %s to %s', async (from, to) => {
    const charge = await make();
    const paidBy = from === 'paid' ? 5n : null;
    await sql`update charge set state = ${from}, payment_id = ${paidBy}`.execute(
      base.database.executor,
    );
    const changed = await move([changeOf(charge.id, to)]);
    const isAllowed = mayBecome(from, to);
    expect([...changed]).toEqual(isAllowed ? [charge.id] : []);
    expect((await billing.find(charge.id))?.state).toBe(isAllowed ? to : from);
    expect((await topics()).slice(1)).toEqual(isAllowed ? [`charge.${to}`] : []);
  });

  it('moves many at once, each by its own table', async () => {
    const [open, paid, prompted] = [await make(), await make(), await make()];
    await move([changeOf(paid.id, 'paid', idFromNumber('payment', 5n))]);
    await move([changeOf(prompted.id, 'prompting')]);
    const changed = await move([
      changeOf(open.id, 'expired'),
      changeOf(paid.id, 'paid'),
      { ...changeOf(prompted.id, 'declined'), reason: 'wrong-pin' },
    ]);
    expect(changed).toEqual(new Set([open.id, prompted.id]));
    expect(await billing.find(paid.id)).toMatchObject({ paymentId: idFromNumber('payment', 5n) });
    expect(await billing.find(prompted.id)).toMatchObject({ reason: 'wrong-pin' });
    expect(await move([])).toEqual(new Set());
  });

  const defects: readonly (readonly [string, (id: ChargeId) => readonly ChargeChange[]])[] = [
    ['paid without a payment', (id) => [{ id, to: 'paid' }]],
    ['a payment without being paid', (id) => [{ id, to: 'expired', paymentId: payment }]],
    ['two ways at once', (id) => [changeOf(id, 'paid'), changeOf(id, 'expired')]],
  ];

  it.each(defects)('is a defect: %s', async (_what, changes) => {
    const { id } = await make();
    await expect(move(changes(id))).rejects.toThrow(/a charge is/);
    expect((await billing.find(id))?.state).toBe('open');
  });

  it('happens with the caller’s transaction or not at all', async () => {
    const { id } = await make();
    const failed = base.database.transaction(async (tx) => {
      await billing.change(tx, [changeOf(id, 'paid')]);
      throw new Error('the books refused');
    });
    await expect(failed).rejects.toThrow('the books refused');
    expect((await billing.find(id))?.state).toBe('open');
    expect(await topics()).toEqual(['charge.created']);
  });
});

describe('expiry', () => {
  it('closes what is open and late, and nothing else', async () => {
    const late = await make({ expiresInMs: hourMs });
    const due = await make({ expiresInMs: 2 * hourMs });
    const prompted = await make({ expiresInMs: hourMs });
    await move([changeOf(prompted.id, 'prompting')]);
    const paid = await make({ expiresInMs: hourMs });
    await move([changeOf(paid.id, 'paid')]);
    const lasting = await make();
    await base.clock.advance(2 * hourMs);
    expect(await billing.expire()).toBe(2);
    expect(await billing.expire()).toBe(0);
    const states = await Promise.all(
      [late, due, prompted, paid, lasting].map(async ({ id }) => (await billing.find(id))?.state),
    );
    expect(states).toEqual(['expired', 'expired', 'prompting', 'paid', 'open']);
    expect(await billing.find(late.id)).toMatchObject({ reason: 'expired' });
    expect((await topics()).filter((topic) => topic === 'charge.expired')).toHaveLength(2);
  });

  it('goes on until everything late is closed', async () => {
    const one = await make({ expiresInMs: 1 });
    await sql`
      insert into charge select business_id, n, state, stream_id, rail, amount_minor, currency,
        'REF' || n, description, phone_index, phone_sealed, consented_at, consent_basis, payment_id,
        reason, prompt_after, created_by, request_key, created_at, expires_at, updated_at
      from charge, generate_series(1, 450) n`.execute(base.database.executor);
    await base.clock.advance(1);
    expect(await billing.expire()).toBe(451);
    expect((await billing.find(one.id))?.state).toBe('expired');
  });

  it('leaves alone what somebody is just paying', async () => {
    const { id } = await make({ expiresInMs: 1 });
    await base.clock.advance(1);
    await base.neighbour.transaction(async (tx) => {
      await billing.store.lock(tx, { ids: [id], references: [] });
      expect(await billing.expire()).toBe(0);
      await billing.change(tx, [changeOf(id, 'paid')]);
    });
    expect((await billing.find(id))?.state).toBe('paid');
  });
});

describe('what is due a prompt', () => {
  const consent = () => ({ basis: 'payer-act', givenAt: base.clock.now() }) as const;
  const promptable = (limit = 10) =>
    base.database.transaction((tx) =>
      billing.store.lockPromptable(tx, { now: base.clock.now(), limit }),
    );

  it('has consent, is open, and is not over', async () => {
    const asked = await make({ phone: '0712345678', consent: consent() });
    await make({ phone: '0712345678' });
    expect((await promptable()).map(({ id }) => id)).toEqual([asked.id]);
    await base.clock.advance(24 * hourMs);
    expect(await promptable()).toEqual([]);
  });

  it('waits until its time, and is dropped for good without one', async () => {
    const { id } = await make({ phone: '0712345678', consent: consent() });
    const plan = (after: number | undefined) =>
      base.database.transaction((tx) =>
        billing.store.schedulePrompt(tx, { id, after, reason: 'prompt-pending' }),
      );
    await plan(base.clock.now() + 5_000);
    expect(await promptable()).toEqual([]);
    await base.clock.advance(5_000);
    expect(await promptable()).toMatchObject([{ id, reason: 'prompt-pending' }]);
    await plan(undefined);
    expect(await promptable()).toEqual([]);
  });

  it('is taken by one process', async () => {
    await make({ phone: '0712345678', consent: consent() });
    const due = { now: base.clock.now(), limit: 10 };
    await base.neighbour.transaction(async (tx) => {
      expect(await billing.store.lockPromptable(tx, due)).toHaveLength(1);
      expect(await promptable()).toEqual([]);
    });
  });
});

describe('looking charges up', () => {
  it('pages newest first, by state if asked', async () => {
    const made = [await make(), await make(), await make()];
    const [first, second, third] = made.map(({ id }) => id);
    await move([changeOf(second ?? idFromNumber('charge', 0n), 'paid')]);
    const page = async (query: Partial<Parameters<Billing['page']>[0]>) =>
      (await billing.page({ before: undefined, limit: 2, state: undefined, ...query })).map(
        ({ id }) => id,
      );
    expect(await page({})).toEqual([third, second]);
    expect(await page({ before: second })).toEqual([first]);
    expect(await page({ state: 'open' })).toEqual([third, first]);
    expect(await page({ state: 'paid' })).toEqual([second]);
  });

  it('finds by reference, and by phone or amount those that wait', async () => {
    const hers = { phone: '0712345678' };
    const first = await make(hers);
    const second = await make(hers);
    const third = await make({ ...hers, amountMinor: shillings(77) });
    await make({ amountMinor: shillings(78) });
    const { reference, msisdn: phone, amountMinor } = first;
    await move([changeOf(second.id, 'paid')]);
    const page = async (query: Partial<Parameters<Billing['page']>[0]>) =>
      (await billing.page({ before: undefined, limit: 5, state: undefined, ...query })).map(
        ({ id }) => id,
      );
    expect(await page({ reference })).toEqual([first.id]);
    expect(await page({ reference: second.reference })).toEqual([second.id]);
    expect(await page({ reference, state: 'paid' })).toEqual([]);
    expect(await page({ reference: 'NONE' })).toEqual([]);
    expect(await page({ phone })).toEqual([third.id, first.id]);
    expect(await page({ phone, before: third.id })).toEqual([first.id]);
    expect(await page({ amountMinor })).toEqual([first.id]);
    expect(await page({ amountMinor: shillings(77), phone })).toEqual([third.id]);
    expect(await page({ amountMinor, state: 'declined' })).toEqual([]);
  });

  it('locks by id or reference', async () => {
    const [first, second] = [await make(), await make()];
    await make();
    const locked = await base.database.transaction((tx) =>
      billing.store.lock(tx, { ids: [second.id], references: [first.reference, 'NONE'] }),
    );
    expect(locked.map(({ id }) => id)).toEqual([first.id, second.id]);
    const none = { ids: [], references: [] };
    expect(await base.database.transaction((tx) => billing.store.lock(tx, none))).toEqual([]);
  });
});

describe('a payment that is taken back', () => {
  const reopen = (charges: readonly Charge[]) =>
    base.database.transaction((tx) => billing.reopen(tx, charges));

  it('leaves its charge owed, and nobody prompted for it', async () => {
    const consent = { basis: 'payer-act', givenAt: base.clock.now() } as const;
    const charge = await make({ phone: '0712345678', consent });
    await move([changeOf(charge.id, 'paid')]);
    await reopen([charge]);
    expect(await billing.find(charge.id)).toMatchObject({
      state: 'open',
      paymentId: undefined,
      reason: 'payment-taken-back',
    });
    const due = { now: base.clock.now(), limit: 10 };
    const promptable = await base.database.transaction((tx) =>
      billing.store.lockPromptable(tx, due),
    );
    expect(promptable).toEqual([]);
  });

  it('is of a paid charge only', async () => {
    await expect(reopen([await make()])).rejects.toThrow('only a paid charge');
  });
});

describe('charges that wait for money', () => {
  it('are found by phone, amount or reference until they are paid', async () => {
    const mine = await make({ phone: '0712345678' });
    const other = await make({ amountMinor: shillings(777) });
    const phones = mine.msisdn === undefined ? [] : [mine.msisdn];
    const find = async (asked: Partial<WaitingQuestion>) => {
      const nothing = { phones: [], amountsMinor: [], sameAmountMax: 100, typed: [] };
      const question = { ...nothing, ...asked };
      const found = await billing.store.waiting(base.database.executor, question);
      return found.map(({ id }) => id);
    };
    expect(await find({ phones })).toEqual([mine.id]);
    expect(await find({ amountsMinor: [shillings(777)] })).toEqual([other.id]);
    expect(await find({ amountsMinor: [shillings(777)], sameAmountMax: 0 })).toEqual([]);
    const typed = [other.reference.slice(1)];
    expect(await find({ phones, typed })).toEqual([other.id, mine.id]);
    expect(await find({})).toEqual([]);
    await move([changeOf(mine.id, 'paid')]);
    expect(await find({ phones })).toEqual([]);
    expect(await billing.store.findMany(base.database.executor, [mine.id])).toHaveLength(1);
  });
});
