import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { numberFromId, parseId } from '#kernel';

import { createTestApi, type TestApi, type Told } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi((deps) => ({
    rails: {
      ...deps.rails,
      get: () => ({
        paymentCodes: { create: () => Promise.resolve({ kind: 'unknown', cause: 'no answer' }) },
      }),
    },
  }));
});
afterAll(() => world.close());

const check = (receipt: string): Promise<Told> =>
  world.ask({ path: `/api/qmoi/counter/receipts/${encodeURIComponent(receipt)}` });

async function charge(body: object): Promise<Told> {
  return world.ask({ method: 'POST', path: '/api/qmoi/charges', body });
}

describe('a receipt at the counter', () => {
  it('is paid, however it is spelled', async () => {
    await world.pay({ receipt: 'TKNCOUNT01', kes: 300, reference: 'AI' });
    for (const typed of ['TKNCOUNT01', 'tkncount01', ' TKN COUNT01 ']) {
      expect(await check(typed)).toMatchObject({
        status: 200,
        json: {
          standing: 'paid',
          otherTill: null,
          payment: { receipt: 'TKNCOUNT01', amount: 300, payer: '2547•••••678' },
        },
      });
    }
  });

  it('is here, though nobody knows yet what for', async () => {
    await world.pay({ receipt: 'TKNCOUNT02', kes: 300, reference: 'WHAT' });
    expect((await check('TKNCOUNT02')).json).toMatchObject({ standing: 'unassigned' });
  });

  it('is not paid while it goes back', async () => {
    await world.pay({ receipt: 'TKNCOUNT03', kes: 300, reference: 'NOBODY' });
    const { json } = await check('TKNCOUNT03');
    const { json: trace } = await world.ask({
      path: `/api/qmoi/revenue/transactions/${json.payment.id}`,
    });
    const [exception] = trace.exceptions;
    const fixed = await world.ask({
      method: 'POST',
      path: `/api/qmoi/exceptions/${exception.id}/fix`,
      body: { fix: { kind: 'refund' }, reason: 'Not ours' },
    });
    expect(fixed.text).toContain('refund');
    expect((await check('TKNCOUNT03')).json.standing).toBe('going-back');
    const after = await world.ask({ path: '/api/qmoi/revenue/transactions/TKNCOUNT03' });
    expect(after.json).toMatchObject({
      exceptions: [{ id: exception.id, kind: exception.kind }],
      fixes: [{ kind: 'refund' }],
      refund: { kind: 'refund', amount: 300 },
      reversal: null,
    });
  });

  it('is not paid as soon as a statement says that it was taken back', async () => {
    await world.pay({ receipt: 'TKNCOUNT04', kes: 300, reference: 'AI' });
    const { json } = await check('TKNCOUNT04');
    await world.business.database.transaction((tx) =>
      world.business.collections.openExceptions(tx, [
        {
          kind: 'reversed-by-provider',
          rail: 'mpesa',
          subject: String(json.payment.id),
          amountMinor: 30_000n,
          detail: {},
        },
      ]),
    );
    expect((await check('TKNCOUNT04')).json.standing).toBe('going-back');
  });

  it('is of another till, where the provider has told us of one', async () => {
    await hear({ receipt: 'TKNOTHER01', shortCode: '999999' });
    expect((await check('tknother01')).json).toEqual({
      receipt: 'tknother01',
      standing: 'other-till',
      payment: null,
      otherTill: {
        rail: 'mpesa',
        shortCode: '999999',
        amountDecimal: '700.00',
        toldAt: expect.any(String),
      },
    });
  });

  it('is not believed of whoever sends to a forged address', async () => {
    await hear({ receipt: 'TKNFORGED1', shortCode: '999999', token: 'forged' });
    expect((await check('TKNFORGED1')).json.standing).toBe('unknown');
  });

  it('is unknown where nobody has told us of it', async () => {
    expect((await check('TKNNOBODY1')).json).toEqual({
      receipt: 'TKNNOBODY1',
      standing: 'unknown',
      payment: null,
      otherTill: null,
    });
  });

  it('is being checked while its provider is asked', async () => {
    const made = await charge({
      stream: 'trading',
      amount: 100,
      phone: '0712345678',
      consent: { basis: 'payer-act' },
    });
    await world.business.collections.sendPrompts();
    const id = parseId('charge', String(made.json.id));
    if (!id.ok) throw new Error('a charge has an id');
    const [prompt] = await world.business.collections.promptsOf(id.value);
    if (prompt === undefined) throw new Error('its phone was prompted');
    const event = {
      kind: 'prompt-result',
      verdict: 'paid',
      code: '0',
      description: 'paid',
      providerRequestId: prompt.providerRequestId,
      receipt: 'TKNCLAIM01',
      amountMinor: '99900',
      payer: '254712345678',
      occurredAt: world.clock.now(),
    };
    const number = world.business.tokens.tokenFor({
      channel: 'stk-result',
      subject: numberFromId(prompt.id),
    });
    await world.ask({
      method: 'POST',
      path: `/hooks/stk-result/${number}`,
      body: JSON.stringify(event),
      token: null,
    });
    expect((await check('TKNCLAIM01')).json.standing).toBe('being-checked');
  });

  it.each(['%00', 'x'.repeat(61), '<script>', '%F0%9F%98%80', "' or 1=1"])(
    'is not looked for as %s',
    async (typed) => {
      const told = await world.ask({ path: `/api/qmoi/counter/receipts/${encodeURI(typed)}` });
      expect(told.status).toBe(400);
    },
  );
});

async function hear(told: { receipt: string; shortCode: string; token?: string }): Promise<void> {
  const channel = 'paybill-confirmation';
  const token = told.token ?? world.business.tokens.tokenFor({ channel, subject: 0n });
  const event = {
    kind: 'payer-payment',
    receipt: told.receipt,
    amountMinor: '70000',
    shortCode: told.shortCode,
    accountReference: 'X',
    payer: '254712345678',
    payerName: 'ACHIENG',
    occurredAt: world.clock.now(),
  };
  await world.ask({
    method: 'POST',
    path: `/hooks/${channel}/${token}`,
    body: JSON.stringify(event),
    token: null,
  });
}

describe('a charge at the counter', () => {
  it('says where to pay until it is paid, and then what paid it', async () => {
    const made = await charge({ stream: 'trading', amount: 450 });
    const path = `/api/qmoi/charges/${made.json.id}/pay`;
    expect((await world.ask({ path })).json).toMatchObject({
      charge: { state: 'open', amount: 450 },
      payment: null,
      payInstructions: {
        prompt: false,
        payTo: { rail: 'mpesa', number: world.shortCode, account: made.json.reference },
        codePath: expect.stringMatching(/^\/api\/qmoi\/checkout\/.+\/qr\.png$/),
      },
    });
    await world.pay({ receipt: 'TKNASKED01', kes: 450, reference: made.json.reference });
    expect((await world.ask({ path })).json).toMatchObject({
      charge: { state: 'paid' },
      payInstructions: null,
      payment: { receipt: 'TKNASKED01', amount: 450 },
    });
  });

  it.each(['ch_0000000000000', 'nothing'])('is not there as %s', async (id) => {
    expect((await world.ask({ path: `/api/qmoi/charges/${id}/pay` })).status).toBe(404);
  });
});
