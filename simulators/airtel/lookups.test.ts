import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collect,
  createKit,
  disburse,
  type Kit,
  phone,
  type Reply,
  startAt,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const paidKit = async (config: object = {}): Promise<Kit> => {
  const kit = createKit({ config });
  await addPhone(kit);
  await collect(kit, 'TXN0001');
  await kit.clock.advance(3000);
  return kit;
};
const originalId = 'MP260301.1234.L00001';

const refund = (kit: Kit, id: unknown): Promise<Reply> =>
  kit.wire('POST', '/standard/v1/payments/refund', {
    body: { transaction: { airtel_money_id: id } },
  });

describe('a refund', () => {
  it('pays all of it back, in the documented words', async () => {
    const kit = await paidKit();
    const reply = await refund(kit, originalId);
    expect(reply.text).toBe(
      '{"data":{"transaction":{"airtel_money_id":"CI260301.1234.C00002","status":"SUCCESS"}},' +
        '"status":{"code":"200","message":"SUCCESS","result_code":"ESB000010","success":false}}',
    );
    expect((await kit.admin('GET', '/org')).json.balance).toBe('0.00');
    expect((await kit.admin('GET', `/phones/${phone}`)).json.balance).toBe('5000.00');
    const { json } = await kit.admin('GET', '/truth?after=1');
    expect(json.transactions).toMatchObject([
      { seq: 2, kind: 'refund', ownId: 'TXN0001', amount: '100.00' },
    ]);
    const enquiry = await kit.wire('GET', '/standard/v1/payments/TXN0001');
    expect(enquiry.json.data.transaction.status).toBe('TS');
  });

  it('is refused a second time', async () => {
    const kit = await paidKit();
    await refund(kit, originalId);
    const reply = await refund(kit, originalId);
    expect(reply.json.data).toBeUndefined();
    expect(reply.json.status).toMatchObject({
      success: false,
      message: 'Transaction already reversed',
    });
    expect(await truthCount(kit)).toBe(2);
  });

  it.each<[string, unknown, object]>([
    ['an id that is not there', 'MP260301.1234.L09999', { response_code: 'DP00800001025' }],
    ['no id', undefined, { result_code: 'ESB000008' }],
    ['an own id', 'TXN0001', { result_code: 'ESB000045' }],
  ])('is refused for %s', async (_what, id, status) => {
    const kit = await paidKit();
    const reply = await refund(kit, id);
    expect(reply.json.status).toMatchObject({ code: '400', success: false, ...status });
    expect(await truthCount(kit)).toBe(1);
  });

  it('needs the money to be there', async () => {
    const kit = await paidKit();
    await disburse(kit, 'PAY0001', { amount: 1 });
    expect((await refund(kit, originalId)).json.status.response_code).toBe('DP00800001007');
    await kit.admin('POST', '/org/float', { amount: 1 });
    expect((await refund(kit, originalId)).json.data.transaction.status).toBe('SUCCESS');
  });

  it('is not for payouts', async () => {
    const kit = await paidKit();
    await disburse(kit, 'PAY0001', { amount: 1 });
    const { json } = await kit.admin('GET', '/truth?after=1');
    const reply = await refund(kit, json.transactions[0].airtelId);
    expect(reply.json.status.response_code).toBe('DP00800001025');
  });
});

describe('customer care', () => {
  const byCare = (kit: Kit, body: object) => kit.admin('POST', '/reversals', body);
  const errorOf = async (kit: Kit, receipt: string) => {
    const { status, json } = await byCare(kit, { receipt });
    return [status, json.error];
  };

  it('gives a payment back whole and once, and tells nobody', async () => {
    const kit = await paidKit();
    await kit.clock.advance(60_000);
    const told = kit.sent.length;
    const { json: reversal } = await byCare(kit, { receipt: originalId });
    expect(reversal).toEqual({ receipt: 'CI260301.1235.C00002' });
    await kit.clock.advance(60_000);
    expect(kit.sent.length).toBe(told);
    expect((await kit.admin('GET', '/org')).json.balance).toBe('0.00');
    expect((await kit.admin('GET', `/phones/${phone}`)).json.balance).toBe('5000.00');
    const { json } = await kit.admin('GET', '/truth?after=1');
    expect(json.transactions).toMatchObject([{ kind: 'refund', refundOf: originalId }]);
    const { text } = await kit.admin('GET', '/statement');
    expect(text).toMatch(new RegExp(`${reversal.receipt},.*,REVERSAL,TS,,100.00,.*${originalId}`));
    expect(await errorOf(kit, originalId)).toEqual([409, 'already-reversed']);
    expect((await refund(kit, originalId)).json.status.message).toBe(
      'Transaction already reversed',
    );
    expect(await truthCount(kit)).toBe(2);
  });

  it('refuses what was not paid to the merchant, or is spent', async () => {
    const kit = await paidKit();
    await disburse(kit, 'PAY0001', { amount: 1 });
    await kit.clock.advance(3000);
    const { json } = await kit.admin('GET', '/truth?after=1');
    expect((await byCare(kit, {})).status).toBe(400);
    expect(await errorOf(kit, 'TXN0001')).toEqual([404, 'no-such-payment']);
    expect(await errorOf(kit, json.transactions[0].airtelId)).toEqual([404, 'no-such-payment']);
    expect(await errorOf(kit, originalId)).toEqual([409, 'insufficient-balance']);
    expect((await kit.admin('GET', '/conservation')).json.ok).toBe(true);
  });
});

describe('the balance', () => {
  it.each([
    ['/standard/v1/users/balance', 37_600, '37,600.00'],
    ['/standard/v2/users/balance?type=COLL', 1_234_567, '1,234,567.00'],
    ['/standard/v2/users/balance?type=DISB', 999, '999.00'],
  ])('%s of %i is a text with commas', async (path, amount, expected) => {
    const kit = createKit();
    await kit.admin('POST', '/org/float', { amount });
    const { json } = await kit.wire('GET', path);
    expect(json.data).toEqual({ balance: expected, currency: 'KES', account_status: 'Active' });
    expect(json.status.response_code).toBe('DP02100000001');
  });

  it('shows the cents that a fee leaves', async () => {
    const kit = await paidKit({ collectionFeeBasisPoints: 55 });
    const { json } = await kit.wire('GET', '/standard/v1/users/balance');
    expect(json.data.balance).toBe('99.45');
  });

  it.each(['', '?type=', '?type=ALL'])('of v2 needs a type: %j', async (query) => {
    const { json } = await createKit().wire('GET', `/standard/v2/users/balance${query}`);
    expect(json.data).toBeUndefined();
    expect(json.status.response_code).toBe('DP02100000000');
  });
});

describe('the user enquiry', () => {
  it('shows name and standing', async () => {
    const kit = createKit();
    await addPhone(kit);
    await kit.admin('PUT', `/phones/${phone}/standing`, { barred: true, pinSet: false });
    const { json } = await kit.wire('GET', `/standard/v1/users/${phone}`);
    expect(json.data).toEqual({
      first_name: 'Jane',
      last_name: 'Wanjiku Kamau',
      grade: 'SUBS',
      is_barred: true,
      is_pin_set: false,
      msisdn: phone,
      registration: { status: 'SUBS' },
    });
    expect(json.status.response_code).toBe('DP02200000001');
  });

  it.each(['733999999', '254733123456', '0733123456'])('does not know %s', async (national) => {
    const kit = createKit();
    await addPhone(kit);
    const { json } = await kit.wire('GET', `/standard/v1/users/${national}`);
    expect(json.data).toBeUndefined();
    expect(json.status.response_code).toBe('DP02200000002');
  });
});

describe('the transactions summary', () => {
  const path = '/merchant/v1/transactions';
  const from = Math.floor(startAt / 1000);

  const busyKit = async (): Promise<Kit> => {
    const kit = await paidKit();
    await kit.clock.advance(60_000);
    await kit.admin('POST', `/phones/${phone}/pay`, { amount: 250, reference: 'SHOP7' });
    await disburse(kit, 'PAY0001', { amount: 40 });
    await refund(kit, originalId);
    return kit;
  };

  it('lists all money, newest first, with what has no own id', async () => {
    const kit = await busyKit();
    const { json } = await kit.wire('GET', `${path}?from=${from}&to=${from + 3600}`);
    expect(json.data.count).toBe(4);
    const rows = json.data.transactions.map(
      (row: Record<string, ReturnType<typeof JSON.parse>>) => [
        row['service'].type,
        row['transaction'].id,
        row['transaction'].amount,
        row['payer'].msisdn,
      ],
    );
    expect(rows).toEqual([
      ['MERCHREFUND', '', 100, ''],
      ['B2C', 'PAY0001', 40, ''],
      ['MERCHPAY', '', 250, phone],
      ['MERCHPAY', 'TXN0001', 100, phone],
    ]);
    expect(json.data.transactions[3]).toEqual({
      charges: { service: 0 },
      payee: { currency: 'KES', msisdn: '', name: 'QMOI TRADERS' },
      payer: { currency: 'KES', msisdn: phone, name: 'Jane Wanjiku Kamau' },
      service: { type: 'MERCHPAY' },
      transaction: {
        airtel_money_id: originalId,
        amount: 100,
        created_at: from + 3,
        id: 'TXN0001',
        reference_number: 'INV001',
        status: 'TS',
      },
    });
  });

  it.each([
    ['limit=1', 1, 4],
    ['limit=2&offset=3', 1, 4],
    ['offset=4', 0, 4],
    [`to=${from + 3}`, 1, 1],
    [`from=${from + 4}`, 3, 3],
    [`to=${from + 2}`, 0, 0],
  ])('pages and windows by %s', async (query, shown, count) => {
    const { json } = await (await busyKit()).wire('GET', `${path}?${query}`);
    expect([json.data.transactions.length, json.data.count]).toEqual([shown, count]);
  });

  it.each(['from=yesterday', 'limit=-1', 'offset=1.5'])('refuses %s', async (query) => {
    const { json } = await createKit().wire('GET', `${path}?${query}`);
    expect(json.status).toMatchObject({ success: false, result_code: 'ESB000008' });
  });
});

describe('the admin API', () => {
  it('keeps the balance of a phone that it knows', async () => {
    const kit = createKit();
    await addPhone(kit, { balance: 5000 });
    const again = await kit.admin('POST', '/phones', {
      msisdn: '0733 123 456',
      name: 'Jane',
      balance: 9,
    });
    expect(again.json).toMatchObject({
      msisdn: '254733123456',
      name: 'Jane',
      balance: '5000.00',
      script: { onPrompt: 'approve', afterMs: 2000 },
    });
  });

  it.each([
    ['POST', '/phones', { msisdn: '12', name: 'X' }],
    ['POST', '/phones', { msisdn: phone, name: '' }],
    ['POST', '/phones', { msisdn: phone, name: 'X', balance: 1.5 }],
    ['POST', '/phones', { msisdn: phone, name: 'X', balance: -1 }],
    ['POST', '/phones', { msisdn: phone, name: 'X', script: { onPrompt: 'dance' } }],
    ['POST', '/phones', { msisdn: phone, name: 'X', colour: 'red' }],
    ['PUT', `/phones/${phone}/script`, { onPrompt: 'approve', afterMs: -1 }],
    ['PUT', `/phones/${phone}/standing`, { barred: 'yes' }],
    ['POST', '/org/float', { amount: 0 }],
    ['POST', '/org/float', { amount: 1.5 }],
    ['PUT', '/callback-url', { url: 'http://example.com/callback' }],
    ['PUT', '/callback-url', { url: 'not an address' }],
    ['GET', '/prompts?state=odd', undefined],
  ] as const)('%s %s refuses %j', async (method, path, body) => {
    const kit = createKit();
    await addPhone(kit);
    const reply = await kit.admin(method, path, body);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual({ error: expect.any(String), message: expect.any(String) });
  });

  it.each([
    ['GET', '/phones/733999999', undefined, 404],
    ['PUT', '/phones/733999999/script', { onPrompt: 'ask' }, 404],
    ['POST', `/phones/${phone}/pay`, { amount: 5001, reference: 'X' }, 409],
    ['POST', `/phones/${phone}/pay`, { amount: 0, reference: 'X' }, 409],
    ['POST', '/phones/733999999/pay', { amount: 1, reference: 'X' }, 404],
  ] as const)('%s %s %j is HTTP %i', async (...[method, path, body, status]) => {
    const kit = createKit();
    await addPhone(kit);
    expect((await kit.admin(method, path, body)).status).toBe(status);
  });

  it.each([
    ['another machine', {}, '192.0.2.7'],
    ['a page of another site', { origin: 'https://example.com' }, '127.0.0.1'],
    ['another name', { host: 'sim.example.com' }, '127.0.0.1'],
  ])('is closed to %s', async (_what, headers, remoteAddress) => {
    const { simulator } = createKit();
    const url = '/sim/health';
    const reply = await simulator.app.inject({ method: 'GET', url, headers, remoteAddress });
    expect(reply.statusCode).toBe(403);
    const here = await simulator.app.inject({ method: 'GET', url });
    expect(here.json()).toEqual({ ok: true, rail: 'airtel' });
  });

  it('lists phones and pages the truth', async () => {
    const kit = await paidKit();
    for (const n of [1, 2, 3]) {
      await kit.admin('POST', `/phones/${phone}/pay`, { amount: n, reference: `SHOP${n}` });
    }
    const page = await kit.admin('GET', '/truth?after=1&limit=2');
    expect(page.json.transactions.map(({ seq }: { seq: number }) => seq)).toEqual([2, 3]);
    expect((await kit.admin('GET', '/phones')).json.phones).toEqual([
      { msisdn: '254733123456', name: 'Jane Wanjiku Kamau', balance: '4894.00' },
    ]);
  });
});
