import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collectionBody,
  createKit,
  disburse,
  encryptForKit,
  type Kit,
  phone,
  pin,
  type Reply,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const code = (suffix: string): string => `DP0090000${suffix}`;

const readyKit = async (config: object = {}): Promise<Kit> => {
  const kit = createKit({ config });
  await addPhone(kit, { balance: 0 });
  await kit.admin('POST', '/org/float', { amount: 20_000 });
  return kit;
};

const enquire = (kit: Kit, id: string): Promise<Reply> =>
  kit.wire('GET', `/standard/v2/disbursements/${id}?transactionType=B2C`);

const statusOf = async (kit: Kit, id: string): Promise<readonly string[]> => {
  const { json } = await enquire(kit, id);
  return [json.data.transaction.status, json.status.response_code];
};

const balanceOf = async (kit: Kit, path: string): Promise<string> =>
  (await kit.admin('GET', path)).json.balance;

describe('a disbursement', () => {
  it('is settled at once, in the observed words', async () => {
    const kit = await readyKit();
    const reply = await disburse(kit, 'TXN0001', { amount: 10 });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      data: {
        transaction: {
          reference_id: 'CI260301.1234.H00001',
          airtel_money_id: 'disbursement-QMOI-TXN0001',
          id: 'TXN0001',
          status: 'TS',
        },
      },
      status: {
        code: '200',
        message:
          'You have sent KES 10.00 to 733123456 Jane Wanjiku Kamau. ' +
          'Bal KES 19990.00.Com KES 0 TID: CI260301.1234.H00001',
        result_code: 'ESB000010',
        response_code: code('1001'),
        success: true,
      },
    });
    expect(await balanceOf(kit, '/org')).toBe('19990.00');
    expect(await balanceOf(kit, `/phones/${phone}`)).toBe('10.00');
    const { json } = await kit.admin('GET', `/phones/${phone}`);
    expect(json.history).toMatchObject([
      { id: 'CI260301.1234.H00001', kind: 'disbursement', direction: 'in', amount: '10.00' },
    ]);
  });

  it('carries a message in v3', async () => {
    const reply = await disburse(await readyKit(), 'TXN0001', { version: 'v3' });
    expect(reply.json.data.transaction.message).toBe('Transaction Successful');
  });

  it.each(['v1', 'v2', 'v3'] as const)('is found by the enquiry of %s', async (version) => {
    const kit = await readyKit();
    await disburse(kit, 'TXN0001', { version });
    const query = version === 'v2' ? '?transactionType=B2C' : '';
    const reply = await kit.wire('GET', `/standard/${version}/disbursements/TXN0001${query}`);
    expect(reply.json.data.transaction).toEqual({
      id: 'TXN0001',
      message: 'Transaction Successful',
      status: 'TS',
    });
    expect(reply.json.status.response_code).toBe(code('1001'));
  });

  it.each([
    ['?transactionType=B2C', 'TS'],
    ['?transactionType=B2B', undefined],
    ['', undefined],
  ])('in v2 is asked for with its type: %j', async (query, status) => {
    const kit = await readyKit();
    await disburse(kit, 'TXN0001');
    const reply = await kit.wire('GET', `/standard/v2/disbursements/TXN0001${query}`);
    expect(reply.json.data?.transaction.status).toBe(status);
    expect(reply.json.status.success).toBe(status !== undefined);
  });

  it('that never was is not found', async () => {
    const { json } = await enquire(await readyKit(), 'NOSUCHID');
    expect(json.status).toMatchObject({ response_code: code('1015'), result_code: 'ESB000045' });
  });

  it.each([
    ['v1', '1011'],
    ['v2', '1011'],
    ['v3', '1017'],
  ] as const)('twice is a duplicate of %s and pays once', async (version, suffix) => {
    const kit = await readyKit();
    await disburse(kit, 'TXN0001', { version });
    const reply = await disburse(kit, 'TXN0001', { version, amount: 250 });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      status: {
        code: '400',
        message: 'Duplicate exttRID',
        result_code: '521050',
        response_code: code(suffix),
        success: false,
      },
    });
    expect(await truthCount(kit)).toBe(1);
  });

  it('cannot use the own id of a collection', async () => {
    const kit = await readyKit();
    await kit.wire('POST', '/merchant/v1/payments/', { body: collectionBody('TXN0001') });
    expect((await disburse(kit, 'TXN0001')).json.status.response_code).toBe(code('1011'));
  });

  it.each<[string, object, number, string]>([
    ['a barred payee', { barred: true }, 100, '1009'],
    ['too little float', {}, 20_001, '1007'],
  ])('fails for %s, at once and in the enquiry', async (...[, standing, amount, suffix]) => {
    const kit = await readyKit();
    await kit.admin('PUT', `/phones/${phone}/standing`, standing);
    const reply = await disburse(kit, 'TXN0001', { amount });
    expect(reply.json.data.transaction.status).toBe('TF');
    expect(reply.json.status).toMatchObject({ success: false, response_code: code(suffix) });
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TF', code(suffix)]);
    expect(await truthCount(kit)).toBe(0);
  });

  it('fails when the payee’s wallet would hold more than it may', async () => {
    const kit = createKit();
    await addPhone(kit, { balance: 499_950 });
    await kit.admin('POST', '/org/float', { amount: 1000 });
    const reply = await disburse(kit, 'TXN0001', { amount: 51 });
    expect(reply.json.status.response_code).toBe(code('1003'));
    expect((await disburse(kit, 'TXN0002', { amount: 50 })).json.data.transaction.status).toBe(
      'TS',
    );
  });

  it('to a number without a wallet is refused and leaves its id unused', async () => {
    const kit = createKit();
    const reply = await disburse(kit, 'TXN0001');
    expect([reply.status, reply.json.status.response_code]).toEqual([200, code('1012')]);
    expect((await enquire(kit, 'TXN0001')).json.status.response_code).toBe(code('1015'));
  });

  it('bears the configured fee', async () => {
    const kit = await readyKit({ disbursementFeeShillings: 5 });
    await disburse(kit, 'TXN0001', { amount: 100 });
    expect(await balanceOf(kit, '/org')).toBe('19895.00');
    expect((await kit.admin('GET', '/truth')).json.transactions[0].fee).toBe('5.00');
    expect((await kit.admin('GET', '/conservation')).json).toEqual({ ok: true, sum: '0.00' });
  });

  it('in progress settles later when disbursementSync is off', async () => {
    const kit = await readyKit({ knobs: { disbursementSync: false } });
    const reply = await disburse(kit, 'TXN0001');
    expect(reply.json.data.transaction.status).toBe('TIP');
    expect(reply.json.status.response_code).toBe(code('1006'));
    await kit.clock.advance(1999);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    expect(await balanceOf(kit, '/org')).toBe('20000.00');
    await kit.clock.advance(1);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TS', code('1001')]);
    expect(await balanceOf(kit, '/org')).toBe('19900.00');
  });

  it.each([
    ['ts', 'TS', 1],
    ['tf', 'TF', 0],
    ['never', 'TA', 0],
  ])('ambiguous, then %s', async (outcome, status, settled) => {
    const kit = await readyKit({ knobs: { ambiguous: { rate: 1, outcome, afterMs: 1000 } } });
    const reply = await disburse(kit, 'TXN0001');
    expect(reply.json.data).toBeUndefined();
    expect([code('1000'), code('1014')]).toContain(reply.json.status.response_code);
    expect((await statusOf(kit, 'TXN0001'))[0]).toBe('TA');
    expect(await truthCount(kit)).toBe(0);
    await kit.clock.advance(1000);
    expect((await statusOf(kit, 'TXN0001'))[0]).toBe(status);
    expect(await truthCount(kit)).toBe(settled);
  });

  it('may be answered without data and yet be paid', async () => {
    const kit = await readyKit({ knobs: { disbursementNoData: 1 } });
    const reply = await disburse(kit, 'TXN0001');
    expect([reply.status, reply.json.data]).toEqual([200, undefined]);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TS', code('1001')]);
  });

  it('too early answers TIP', async () => {
    const kit = await readyKit({ knobs: { tooEarly: { beforeMs: 60_000, answer: 'tip' } } });
    await disburse(kit, 'TXN0001');
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    await kit.clock.advance(60_000);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TS', code('1001')]);
  });

  it.each([
    [false, []],
    [true, ['TS', 'TF']],
  ])('calls back when disbursementCallbacks is %s', async (disbursementCallbacks, expected) => {
    const kit = await readyKit({ knobs: { disbursementCallbacks } });
    await disburse(kit, 'TXN0001');
    await kit.clock.advance(1000);
    await disburse(kit, 'TXN0002', { amount: 20_001 });
    await kit.clock.advance(1000);
    const told = kit.sent.map(({ body }) => JSON.parse(body).transaction);
    expect(told.map((transaction) => transaction.status_code)).toEqual(expected);
    expect(told[0]?.airtel_money_id).toBe(expected.length > 0 ? 'CI260301.1234.H00001' : undefined);
  });
});

describe('the PIN', () => {
  it('wrong is ROUTER115, and the third time locks the wallet until it is unlocked', async () => {
    const kit = await readyKit();
    for (const n of [1, 2, 3]) {
      const reply = await disburse(kit, `TXN000${n}`, { plainPin: '0000' });
      expect(reply.json).toEqual({ status_message: 'Incorrect PIN', status_code: 'ROUTER115' });
    }
    expect((await disburse(kit, 'TXN0004')).json.status.response_code).toBe(code('1010'));
    expect((await kit.admin('GET', '/org')).json.locked).toBe(true);
    await kit.admin('POST', '/org/unlock');
    expect((await disburse(kit, 'TXN0005')).json.data.transaction.status).toBe('TS');
    expect(await truthCount(kit)).toBe(1);
  });

  it('right forgets the wrong ones before it', async () => {
    const kit = await readyKit();
    const pins = ['0000', '0000', pin, '0000', '0000', pin];
    for (const [n, plainPin] of pins.entries()) await disburse(kit, `TXN000${n}`, { plainPin });
    expect(await truthCount(kit)).toBe(2);
  });

  it.each(['43210', 'abcd', ''])('that decrypts to %j is ROUTER116', async (plainPin) => {
    const reply = await disburse(await readyKit(), 'TXN0001', { plainPin });
    expect(reply.json.status_code).toBe('ROUTER116');
  });

  it.each(['4321', 'AAAA', 'bm9ib2R5'])('sent as %j is ROUTER116', async (sent) => {
    const kit = await readyKit();
    const reply = await kit.wire('POST', '/standard/v1/disbursements', {
      body: {
        payee: { msisdn: phone },
        reference: 'PAYOUT1',
        pin: sent,
        transaction: { amount: 1, id: 'TXN0001' },
      },
    });
    expect(reply.json.status_code).toBe('ROUTER116');
  });

  it('is not kept anywhere, nor shown among the requests', async () => {
    const kit = await readyKit();
    const encrypted = await encryptForKit(kit, pin);
    await disburse(kit, 'TXN0001');
    const { text } = await kit.admin('GET', '/requests?limit=100');
    expect(text).not.toContain(encrypted);
    expect(text).not.toContain('client-secret');
    expect(text).not.toContain(await kit.token());
    expect(text).toContain('PAYOUT1');
  });
});

describe('a refused disbursement', () => {
  const bodyOf = async (kit: Kit): Promise<ReturnType<typeof JSON.parse>> => ({
    payee: { msisdn: phone, currency: 'KES', wallet_type: 'NORMAL' },
    reference: 'PAYOUT1',
    pin: await encryptForKit(kit, pin),
    transaction: { amount: 100, id: 'TXN0001', type: 'B2C' },
  });

  // Observed, sheet §10.6, as far as the words and codes of the first group go.
  it.each<[string, string, unknown, string, object]>([
    [
      'v2',
      'payee.msisdn',
      '73312345',
      '1013',
      { message: 'Invalid Msisdn Length. Msisdn Length should be 9', result_code: '521002' },
    ],
    ['v2', 'payee.msisdn', '254733123456', '1013', { result_code: '521002' }],
    ['v2', 'transaction.amount', null, '1004', { result_code: 'ESB000008' }],
    ['v2', 'transaction.amount', 0, '1004', {}],
    ['v2', 'transaction.amount', -1, '1004', {}],
    ['v2', 'transaction.amount', 'ten', '1004', {}],
    [
      'v2',
      'transaction.amount',
      1.234,
      '1004',
      {
        message:
          'Invalid Amount: The amount must not be null or blank, should contain only numeric ' +
          'characters, be greater than zero, and have a limited number of decimal places',
      },
    ],
    ['v2', 'pin', undefined, '1013', { message: 'Missing header/body params' }],

    ['v2', 'payee.msisdn', '073312345', '1013', { result_code: 'ESB000036' }],
    ['v2', 'transaction.amount', 250_001, '1004', {}],
    ['v2', 'reference', 'INV 001', '1013', {}],
    ['v2', 'reference', undefined, '1013', {}],
    ['v2', 'transaction.id', 'A-B', '1013', {}],
    ['v2', 'transaction.type', undefined, '1013', {}],
    ['v2', 'transaction.type', 'C2B', '1013', {}],
    ['v2', 'payee.currency', 'UGX', '1013', {}],
    ['v3', 'payee.wallet_type', undefined, '1013', {}],
    ['v3', 'transaction.type', undefined, '1013', {}],
  ])('%s %s = %j', async (...[version, path, value, suffix, status]) => {
    const kit = await readyKit();
    const body = await bodyOf(kit);
    const [place = '', name = ''] = path.split('.');
    if (name === '') body[place] = value;
    else body[place][name] = value;
    const reply = await kit.wire('POST', `/standard/${version}/disbursements/`, { body });
    expect(reply.status).toBe(200);
    expect(reply.json.status).toMatchObject({ code: '400', success: false, ...status });
    expect(reply.json.status.response_code).toBe(code(suffix));
    expect(await truthCount(kit)).toBe(0);
  });

  it('does not miss in v1 what only the others have', async () => {
    const kit = await readyKit();
    const body = await bodyOf(kit);
    delete body.transaction.type;
    delete body.payee.currency;
    delete body.payee.wallet_type;
    const reply = await kit.wire('POST', '/standard/v1/disbursements/', { body });
    expect(reply.json.data.transaction.status).toBe('TS');
  });
});
