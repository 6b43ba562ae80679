import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { numberFromId, type TransferId } from '#kernel';

import { createTestApi, type TestApi, type Told } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
  await world.business.transfers.payees.noteConfigured();
  await world.pay({ receipt: 'TKNFLOAT01', kes: 20_000, reference: 'TRADING' });
});
afterAll(() => world.close());

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Told> =>
  world.ask({ method: 'POST', path: `/api/qmoi/revenue/${path}`, body, headers });
const get = (path: string): Promise<Told> => world.ask({ path: `/api/qmoi/revenue/${path}` });
const kindOf = ({ json }: Told): string => String(json.type).replace('urn:qmoi:problem:', '');

describe('a preview', () => {
  it('shows fee, books and refusals in words, and plans nothing', async () => {
    const told = await get('transfers/preview?type=mpesa&amount=30000');
    expect(told.status).toBe(200);
    expect(told.json).toMatchObject({
      type: 'mpesa',
      kind: 'manual',
      amount: 30_000,
      feeDecimal: null,
      books: {
        walletDecimal: '20000.00',
        reserveDecimal: '500.00',
        afterDecimal: '-10000.00',
      },
      payoutWallet: null,
      most: 19_500,
      coversNow: false,
      forecast: null,
      topUp: null,
      refusals: [
        {
          kind: 'balance-too-low',
          detail: expect.stringMatching(/^The M-Pesa wallet can spare KES 19,500/),
        },
      ],
      sweep: null,
    });
    expect((await get('transfers')).json.items).toEqual([]);
  });

  it('of a sweep says what becomes of it', async () => {
    const { json } = await get('transfers/preview?type=airtel&amount=2000&kind=auto');
    expect(json.sweep).toEqual({ kind: 'hold', why: 'trigger-not-reached' });
  });

  it.each(['amount=0', 'amount=1.5', 'amount=1e3', 'amount=', 'amount=5&kind=gift'])(
    'is not made of %s',
    async (rest) => {
      expect((await get(`transfers/preview?type=mpesa&${rest}`)).status).toBe(400);
    },
  );
});

describe('numbers', () => {
  it('are listed with what the sandbox stands in for', async () => {
    const { items } = (await get('payees')).json;
    expect(items).toMatchObject([
      { type: 'mpesa', number: '2547•••••001', active: true, confirmed: true, bySandbox: true },
      { type: 'airtel', active: true, state: 'unconfirmed', confirmed: true },
    ]);
  });

  it('are added, tested and confirmed by what came to the phone', async () => {
    const order = { type: 'mpesa', phone: '0786322855', label: 'Shop phone' };
    const added = await post('payees', order);
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({
      number: '2547•••••855',
      state: 'unconfirmed',
      confirmed: false,
      warning: expect.stringContaining('the range of Airtel Money'),
    });
    const { id } = added.json;
    expect((await post('payees', order)).json.id).toBe(id);
    const refused = await post('transfer', { type: 'mpesa', amount: 100, payee: id });
    expect([refused.status, kindOf(refused)]).toEqual([409, 'number-not-confirmed']);
    expect(refused.json.detail).toContain('`qmoi payees test`');
    world.nudges.length = 0;
    const key = { 'idempotency-key': 'test-1' };
    const test = await post(`payees/${id}/test`, {}, key);
    expect(test.status).toBe(202);
    expect(test.json).toMatchObject({ kind: 'test', amount: 10, payeeId: id, receipt: null });
    expect((await post(`payees/${id}/test`, {}, key)).json.id).toBe(test.json.id);
    expect(world.nudges).toEqual(['transfers']);
    const early = await post(`payees/${id}/confirm`, { receipt: 'TKN1' });
    expect([early.status, kindOf(early)]).toEqual([409, 'test-not-arrived']);
    await world.business.transfers.work();
    await complete(test.json.id, 'TKN4XQ81ZB');
    const shown = (await get(`transfers/${test.json.id}`)).json.transfer;
    expect(shown).toMatchObject({ state: 'completed', receipt: null });
    const wrong = await post(`payees/${id}/confirm`, { receipt: 'TKN1' });
    expect([wrong.status, kindOf(wrong)]).toEqual([422, 'wrong-receipt']);
    expect(wrong.json.detail).toContain('Tries left for this test: 4');
    const confirmed = await post(`payees/${id}/confirm`, { receipt: 'TKN4XQ81ZB' });
    expect(confirmed.json).toMatchObject({ state: 'confirmed', confirmed: true });
    const paid = await post('transfer', { type: 'mpesa', amount: 100, payee: id });
    expect(paid.json).toMatchObject({
      payeeId: id,
      payoutNumber: '2547•••••855',
      expectedFeeDecimal: '0.00',
    });
  });

  it.each([
    ['payees/pe_0000000000001/test', {}, 404],
    ['payees/pe_0000000000001/confirm', { receipt: 'X' }, 404],
    ['payees/nobody/test', {}, 404],
    ['payees', { type: 'mpesa', phone: '123', label: 'x' }, 400],
    ['payees', { type: 'mpesa', phone: '0712345678', label: '' }, 400],
  ])('%s with %j answers %i', async (path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
  });
});

describe('a top-up', () => {
  it('is refused where the rail has no working wallet', async () => {
    const refused = await post('transfers/top-up', { type: 'airtel', amount: 100 });
    expect([refused.status, kindOf(refused)]).toEqual([422, 'rail-cannot-top-up']);
  });
});

describe('a transfer that has not left', () => {
  it('is cancelled once, and listed by its state and kind', async () => {
    const made = await post('transfer', { type: 'mpesa', amount: 250 });
    const path = `transfers/${made.json.id}/cancel`;
    const order = { reason: 'the wrong amount' };
    const cancelled = await post(path, order);
    expect(cancelled.json).toMatchObject({ state: 'cancelled', description: 'the wrong amount' });
    expect((await post(path, order)).status).toBe(200);
    const by = async (filter: string) =>
      (await get(`transfers?${filter}`)).json.items.map(({ id }: { id: string }) => id);
    expect(await by('state=cancelled')).toEqual([made.json.id]);
    expect(await by('state=cancelled&kind=manual&rail=mpesa')).toEqual([made.json.id]);
    expect(await by('state=cancelled&rail=airtel')).toEqual([]);
    expect(await by('state=cancelled&kind=auto')).toEqual([]);
  });

  it('is refused once it is on its way, in words', async () => {
    const made = await post('transfer', { type: 'mpesa', amount: 250 });
    await world.business.transfers.work();
    const refused = await post(`transfers/${made.json.id}/cancel`, {});
    expect([refused.status, kindOf(refused)]).toEqual([409, 'past-cancelling']);
    expect(refused.json.detail).toContain('It is sent');
    expect((await post('transfers/tr_0000000000001/cancel', {})).status).toBe(404);
    expect((await post('transfers/nothing/cancel', {})).status).toBe(404);
    expect((await post(`transfers/${made.json.id}/cancel`, { reason: 7 })).status).toBe(400);
  });
});

describe('a preview for a number of the list', () => {
  it('tells what that number may still receive', async () => {
    const added = await post('payees', { type: 'mpesa', phone: '0722000111', label: 'Safe' });
    const path = `transfers/preview?type=mpesa&amount=100&payee=${added.json.id}`;
    expect((await get(path)).json.refusals).toMatchObject([{ kind: 'number-not-confirmed' }]);
    const unknown = 'transfers/preview?type=mpesa&amount=100&payee=pe_0000000000001';
    expect((await get(unknown)).json).toMatchObject({
      most: null,
      refusals: [{ kind: 'payee-not-found' }],
    });
  });
});

describe('a person’s word on a transfer', () => {
  it('waits for the provider, and is then booked', async () => {
    const made = await post('transfer', { type: 'mpesa', amount: 300 });
    const path = `transfers/${made.json.id}/settle`;
    const word = { end: 'completed', receipt: 'SEEN1', reason: 'seen on the statement' };
    expect(kindOf(await post(path, word))).toBe('settled-by-provider');
    await world.business.transfers.work();
    expect(kindOf(await post(path, word))).toBe('still-asking');
    for (let n = 0; n < 3; n += 1) {
      await world.clock.advance(200_000);
      await world.business.transfers.work();
    }
    const early = await post(path, word);
    expect([early.status, kindOf(early)]).toEqual([409, 'may-still-answer']);
    expect(early.json.detail).toMatch(/until \d{4}-\d{2}-\d{2} \d{2}:\d{2}\./);
    await world.clock.advance(48 * 3_600_000);
    const settled = await world.ask({
      method: 'POST',
      path: `/api/qmoi/revenue/${path}`,
      body: word,
      token: world.cliToken,
      source: '127.0.0.1',
    });
    expect(settled.json).toMatchObject({ state: 'completed', receipt: 'SEEN1', settledBy: 'cli' });
  });

  it('waits for nothing that a line of the provider’s statement proves', async () => {
    const ask = (path: string, body: object): Promise<Told> =>
      world.ask({
        method: 'POST',
        path: `/api/qmoi/revenue/${path}`,
        body,
        token: world.cliToken,
        source: '127.0.0.1',
      });
    const made = await ask('transfer', { type: 'mpesa', amount: 300 });
    await world.business.transfers.work();
    const path = `transfers/${made.json.id}/settle`;
    const word = { end: 'failed', reason: 'returned' };
    expect(kindOf(await ask(path, word))).toBe('still-asking');
    expect((await ask(path, { ...word, statementLine: '' })).status).toBe(400);
    const settled = await ask(path, { ...word, statementLine: 'TKN9' });
    expect(settled.json).toMatchObject({ state: 'failed', settledBy: 'cli' });
  });

  it.each([
    [{ end: 'completed', reason: 'x' }, 400],
    [{ end: 'failed' }, 400],
    [{ end: 'reversed', reason: 'x' }, 400],
    [{ end: 'failed', reason: 'x' }, 404],
  ])('%j answers %i', async (body, status) => {
    const token = world.cliToken;
    const path = '/api/qmoi/revenue/transfers/tr_0000000000001/settle';
    const told = await world.ask({ method: 'POST', path, body, token, source: '127.0.0.1' });
    expect(told.status).toBe(status);
  });
});

/** The provider's result of a payout, by the callback door. */
async function complete(transferId: string, receipt: string): Promise<void> {
  const { tokens, transfers } = world.business;
  const id = transferId as TransferId;
  const transfer = await transfers.find(id);
  const channel = 'payout-result';
  const subject = numberFromId(id);
  const event = {
    kind: 'payout-result',
    code: '0',
    description: 'done',
    ownId: transfer?.ownId,
    providerRequestId: transfer?.providerRequestId,
    verdict: 'completed',
    receipt,
    amountMinor: String(transfer?.amountMinor),
    completedAt: undefined,
  };
  const path = `/hooks/${channel}/${tokens.tokenFor({ channel, subject })}`;
  await world.ask({ method: 'POST', path, body: JSON.stringify(event), token: null });
}
