import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestApi, type TestApi } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const get = (path: string) => world.ask({ path: `/api/qmoi/${path}` });
const post = (path: string, body: object, key?: string) =>
  world.ask({
    method: 'POST',
    path: `/api/qmoi/${path}`,
    body,
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });

interface Charge {
  readonly id: string;
  readonly reference: string;
}

const charge = async (amount: number): Promise<Charge> =>
  (await post('charges', { stream: 'ai-services', amount, phone: '0712345678' })).json;

/** Money nobody can place; answers its exception. */
const unplaced = async (receipt: string, kes: number) => {
  await world.pay({ receipt, kes, reference: 'rent' });
  const { json } = await get('exceptions?state=open&limit=1');
  expect(json.items[0].detail.receipt).toBe(receipt);
  return json.items[0];
};

describe('an exception', () => {
  it('says what it is, why it matters, what may be done and what is likely', async () => {
    const { id: chargeId, reference } = await charge(740);
    const listed = await unplaced('TKNFIX0001', 740);
    expect(listed).toMatchObject({
      kind: 'unknown-reference',
      why: expect.stringMatching(/earns nothing/),
      fixes: ['match', 'assign-stream', 'assign-customer', 'refund', 'keep'],
      resolvedAt: null,
      fixId: null,
    });
    expect(listed.suggestions[0]).toEqual({
      fix: { kind: 'match', allocations: [{ chargeId }], rest: 'stays' },
      why: `The same phone owes exactly this much for charge ${reference}.`,
      reason: { kind: 'same-phone', reference },
    });
    expect(JSON.stringify(listed)).not.toContain('712345678');
    const shown = await get(`exceptions/${listed.id}`);
    expect(shown.json).toMatchObject({
      exception: { id: listed.id },
      payment: { state: 'suspense', earnedDecimal: '0.00', receipt: 'TKNFIX0001' },
      allocations: [],
      history: [],
    });
  });

  it('is fixed by a suggestion sent back as it came, once per key', async () => {
    const { id: chargeId } = await charge(810);
    const { id, suggestions } = await unplaced('TKNFIX0002', 810);
    const body = { fix: suggestions[0].fix, reason: 'She called' };
    const fixed = await post(`exceptions/${id}/fix`, body, 'fix-1');
    expect(fixed.status).toBe(200);
    expect(fixed.json).toMatchObject({
      fix: { kind: 'match', reason: 'She called', appliedBy: expect.stringMatching(/^master:/) },
      exception: { state: 'resolved', suggestions: [] },
      payment: { state: 'earned', earnedDecimal: '810.00', stream: 'ai-services' },
      allocations: [{ chargeId, amountDecimal: '810.00', reversedBy: null }],
    });
    const again = await post(`exceptions/${id}/fix`, body, 'fix-1');
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json.fix.id).toBe(fixed.json.fix.id);
    const other = await post(`exceptions/${id}/fix`, { ...body, reason: 'No' }, 'fix-1');
    expect(other.json.type).toBe('urn:qmoi:problem:key-used-for-other-input');
    const late = await post(`exceptions/${id}/fix`, { fix: { kind: 'keep' }, reason: 'Later' });
    expect(late.status).toBe(409);
    expect(late.json).toMatchObject({
      type: 'urn:qmoi:problem:already-resolved',
      detail: expect.stringContaining(fixed.json.fix.id),
    });

    const undone = await post(`exceptions/${id}/undo`, { reason: 'The wrong one' }, 'undo-1');
    expect(undone.json).toMatchObject({
      fix: { kind: 'undo', undoes: fixed.json.fix.id },
      exception: { state: 'open' },
      payment: { state: 'suspense' },
      history: [{ undoneBy: expect.any(String) }, { kind: 'undo' }],
    });
    expect((await get(`charges/${chargeId}`)).json.charge.state).toBe('open');
    const replayed = await post(`exceptions/${id}/undo`, { reason: 'The wrong one' }, 'undo-1');
    expect(replayed.json.fix.id).toBe(undone.json.fix.id);
    const trace = await get('revenue/transactions/TKNFIX0002');
    expect(trace.json.entries).toHaveLength(6);
    expect(trace.json.allocations).toMatchObject([{ reversedBy: undone.json.fix.id }]);
  });

  it.each([
    [{ kind: 'dismiss' }, 422, 'fix-not-allowed'],
    [{ kind: 'match', allocations: [] }, 400, 'invalid-request'],
    [{ kind: 'match', allocations: [{ chargeId: 'ch_0000000000001' }] }, 422, 'no-such-charge'],
    [{ kind: 'match', allocations: [{ chargeId: 'pay_000000000001' }] }, 400, 'invalid-request'],
    [
      { kind: 'match', allocations: [{ chargeId: 'ch_0000000000001', amountDecimal: '0' }] },
      422,
      'amount-not-above-zero',
    ],
    [{ kind: 'assign-stream', stream: 'gold' }, 422, 'unknown-stream'],
    [{ kind: 'assign-customer', phone: '12' }, 400, 'invalid-request'],
    [{ kind: 'refund', by: 'reversal' }, 422, 'rail-cannot-reverse'],
    [{ kind: 'accept-short' }, 422, 'fix-not-allowed'],
    [{ kind: 'burn' }, 400, 'invalid-request'],
  ])('refuses %j with %i', async (fix, status, kind) => {
    const { json } = await get('exceptions?state=open&limit=1');
    const { id } = json.items[0];
    const told = await post(`exceptions/${id}/fix`, { fix, reason: 'Because' });
    expect(told.json).toMatchObject({ status, type: `urn:qmoi:problem:${kind}` });
    expect(told.json.detail).toMatch(/\.$/);
  });

  it('needs a reason, without a phone number, and has to be there', async () => {
    const { id } = (await get('exceptions?limit=1')).json.items[0];
    for (const reason of [undefined, '', 'call 0712 345 678']) {
      const told = await post(`exceptions/${id}/fix`, { fix: { kind: 'keep' }, reason });
      expect(told.status).toBe(400);
    }
    expect((await get('exceptions/ex_0000000000001')).status).toBe(404);
    expect((await get('exceptions/nothing')).status).toBe(404);
    const body = { fix: { kind: 'keep' }, reason: 'Because' };
    expect((await post('exceptions/ex_0000000000001/fix', body)).status).toBe(404);
    expect((await post('exceptions/nothing/undo', { reason: 'Because' })).status).toBe(404);
  });

  it('goes on from the fix that resolved it', async () => {
    const { id } = await unplaced('TKNFIX0003', 90);
    const customer = { kind: 'assign-customer', phone: '0712345678' };
    const held = await post(`exceptions/${id}/fix`, { fix: customer, reason: 'Hers' });
    expect(held.json.payment.state).toBe('credit');
    expect((await get('revenue/transactions?state=credit')).json.items).toHaveLength(1);
    const next = { fix: { kind: 'assign-stream', stream: 'trading' }, reason: 'She bought' };
    const after = held.json.fix.id;
    const earned = await post(`exceptions/${id}/fix`, { ...next, after });
    expect(earned.json.payment).toMatchObject({ state: 'earned', stream: 'trading' });
    const found = await get('revenue/transactions?stream=trading&receipt=TKNFIX0003');
    expect(found.json.items).toHaveLength(1);
  });

  it.each([
    ['TKNFIX0004', 740, { kind: 'named-charge-left-over', leftDecimal: '40.00' }],
    ['TKNFIX0005', 640, { kind: 'named-charge-short', waivedDecimal: '60.00' }],
  ])('gives the facts of its reason: %s with %i of 700', async (receipt, kes, reason) => {
    const { reference } = await charge(700);
    await world.pay({ receipt, kes, reference });
    const [{ id, suggestions }] = (await get('exceptions?state=open&limit=1')).json.items;
    expect(suggestions[0].reason).toEqual({ ...reason, reference });
    await post(`exceptions/${id}/fix`, { fix: suggestions[0].fix, reason: 'She called' });
  });
});

describe('a charge that a payer could have meant', () => {
  it.each([
    ['its reference', ({ reference }: Charge) => `reference=${reference.toLowerCase()}`],
    ['the phone it is for', () => 'phone=0712%20345%20678&limit=1'],
    ['its amount', () => 'amount=613'],
  ])('is found by %s', async (_, query) => {
    const made = await charge(613);
    const { json } = await get(`charges?${query(made)}`);
    expect(json.items[0]).toMatchObject({ id: made.id, amount: 613 });
    await post(`exceptions/${(await unplaced(`TKN${made.reference}`, 613)).id}/fix`, {
      fix: { kind: 'match', allocations: [{ chargeId: made.id }] },
      reason: 'Found',
    });
    const later = await get(`charges?amount=613`);
    expect(later.json.items).toEqual([]);
  });

  it.each(['phone=12', 'amount=0', 'amount=1.5', 'amount=many'])('is not by %s', async (query) => {
    const told = await get(`charges?${query}`);
    expect(told.json).toMatchObject({ status: 400, type: 'urn:qmoi:problem:invalid-request' });
  });
});

it('the books prove after all that', async () => {
  expect((await get('proof')).json.ok).toBe(true);
});
