import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collect,
  collectionBody,
  createKit,
  enquire,
  type Kit,
  phone,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const code = (suffix: string): string => `DP0080000${suffix}`;

const openPrompts = async (kit: Kit): Promise<ReturnType<typeof JSON.parse>> =>
  (await kit.admin('GET', '/prompts?state=open')).json.prompts;

const statusOf = async (kit: Kit, id: string): Promise<readonly string[]> => {
  const { json } = await enquire(kit, id);
  return [json.data.transaction.status, json.status.response_code];
};

describe('a collection', () => {
  it('is accepted in the documented words, with or without the slash, in v1 and v2', async () => {
    const kit = createKit();
    await addPhone(kit);
    const paths = ['v1/payments/', 'v1/payments', 'v2/payments/', 'v2/payments'];
    for (const [n, path] of paths.entries()) {
      const body = collectionBody(`TXN000${n}`);
      const reply = await kit.wire('POST', `/merchant/${path}`, { body });
      expect(reply.status).toBe(200);
      expect(reply.text).toBe(
        `{"data":{"transaction":{"id":"TXN000${n}","status":"SUCCESS"}},"status":{"code":"200",` +
          '"message":"SUCCESS","result_code":"ESB000010","response_code":"DP00800001006",' +
          '"success":true}}',
      );
    }
    expect(await truthCount(kit)).toBe(0);
  });

  it('goes from TIP by way of the phone to TS, and only then is money moved', async () => {
    const kit = createKit();
    await addPhone(kit, { onPrompt: 'ask' });
    await collect(kit, 'TXN0001');
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    await kit.clock.advance(999);
    expect(await openPrompts(kit)).toEqual([]);
    await kit.clock.advance(1);
    const [prompt] = await openPrompts(kit);
    expect(prompt).toMatchObject({
      msisdn: '254733123456',
      amount: '100.00',
      reference: 'INV001',
      shownAt: '2026-03-01T09:34:01.000Z',
    });
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    await kit.admin('POST', `/prompts/${prompt.id}`, { action: 'approve' });
    expect(await openPrompts(kit)).toEqual([]);
    const { text } = await enquire(kit, 'TXN0001');
    expect(text).toBe(
      '{"data":{"transaction":{"airtel_money_id":"MP260301.1234.L00001","id":"TXN0001",' +
        '"message":"success","status":"TS"}},"status":{"code":"200","message":"SUCCESS",' +
        '"result_code":"ESB000010","response_code":"DP00800001006","success":false}}',
    );
    expect((await kit.admin('GET', '/org')).json.balance).toBe('100.00');
    const wallet = await kit.admin('GET', `/phones/254${phone}`);
    expect(wallet.json).toMatchObject({
      balance: '4900.00',
      history: [{ id: 'MP260301.1234.L00001', kind: 'collection', amount: '100.00' }],
    });
    expect((await kit.admin('GET', '/truth')).json.transactions).toEqual([
      {
        seq: 1,
        kind: 'collection',
        ownId: 'TXN0001',
        airtelId: 'MP260301.1234.L00001',
        amount: '100.00',
        fee: '0.00',
        msisdn: '254733123456',
        reference: 'INV001',
        refundOf: null,
        at: '2026-03-01T09:34:01.000Z',
      },
    ]);
  });

  it('shows success and …1001 beside a TS when the portal’s oddity is off', async () => {
    const kit = createKit({ config: { knobs: { oddSuccessFlag: false } } });
    await addPhone(kit);
    await collect(kit, 'TXN0001');
    await kit.clock.advance(3000);
    const { json } = await enquire(kit, 'TXN0001');
    expect(json.status).toMatchObject({ success: true, response_code: code('1001') });
  });

  it.each([
    ['approve', 'TS', '1006'],
    ['cancel', 'TF', '1008'],
    ['wrong-pin', 'TF', '1002'],
    ['ignore', 'TIP', '1006'],
    ['ask', 'TIP', '1006'],
  ])('script %s leads to %s', async (onPrompt, status, suffix) => {
    const kit = createKit();
    await addPhone(kit, { onPrompt, afterMs: 5000 });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(5999);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    await kit.clock.advance(1);
    expect(await statusOf(kit, 'TXN0001')).toEqual([status, code(suffix)]);
    expect(await truthCount(kit)).toBe(status === 'TS' ? 1 : 0);
    const { json } = await enquire(kit, 'TXN0001');
    expect('airtel_money_id' in json.data.transaction).toBe(status === 'TS');
  });

  it.each([
    ['a barred payer', { barred: true }, 100, 'TF', '1010'],
    ['a wallet without PIN', { pinSet: false }, 100, 'TF', '1009'],
    ['too little money', {}, 5001, 'TF', '1007'],
  ])('ends for %s', async (...[, standing, amount, status, suffix]) => {
    const kit = createKit();
    await addPhone(kit);
    await kit.admin('PUT', `/phones/${phone}/standing`, standing);
    await collect(kit, 'TXN0001', amount);
    await kit.clock.advance(3000);
    expect(await statusOf(kit, 'TXN0001')).toEqual([status, code(suffix)]);
    expect((await enquire(kit, 'TXN0001')).json.status).toMatchObject({
      success: false,
      message: 'FAILED',
    });
    expect(await truthCount(kit)).toBe(0);
  });

  it('keeps to what a wallet may spend in a day, by Nairobi’s midnight', async () => {
    const kit = createKit();
    await addPhone(kit, { balance: 2_000_000 });
    for (const id of ['TXN0001', 'TXN0002', 'TXN0003']) await collect(kit, id, 250_000);
    await kit.clock.advance(3000);
    expect(await statusOf(kit, 'TXN0002')).toEqual(['TS', code('1006')]);
    expect(await statusOf(kit, 'TXN0003')).toEqual(['TF', code('1003')]);
    await kit.clock.advance((11 * 60 + 26) * 60_000);
    await collect(kit, 'TXN0004', 250_000);
    await kit.clock.advance(3000);
    expect(await statusOf(kit, 'TXN0004')).toEqual(['TS', code('1006')]);
  });

  it.each([
    ['expired', 'TE', '1029', 0],
    ['no-pin', 'TF', '1005', 1],
    ['timed-out', 'TA', '1024', 0],
  ])('ignored, ends %s', async (...[ignoredPrompt, status, suffix, callbacks]) => {
    const kit = createKit({ config: { knobs: { ignoredPrompt } } });
    await addPhone(kit, { onPrompt: 'ignore' });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(60_999);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TIP', code('1006')]);
    await kit.clock.advance(1);
    expect(await statusOf(kit, 'TXN0001')).toEqual([status, code(suffix)]);
    await kit.clock.advance(1000);
    expect(kit.sent).toHaveLength(callbacks);
    await kit.clock.advance(30_000);
    const end = status === 'TA' ? ['TF', code('1005')] : [status, code(suffix)];
    expect(await statusOf(kit, 'TXN0001')).toEqual(end);
  });

  it('ignored, ends in any of the ways by chance', async () => {
    const kit = createKit();
    await addPhone(kit, { onPrompt: 'ignore' });
    const ids = Array.from({ length: 30 }, (_unused, n) => `TXN${1000 + n}`);
    for (const id of ids) await collect(kit, id);
    await kit.clock.advance(62_000);
    const seen = new Set<string>();
    for (const id of ids) seen.add((await statusOf(kit, id))[0] ?? '');
    expect(seen).toEqual(new Set(['TE', 'TF', 'TA']));
  });

  it('takes no action twice', async () => {
    const kit = createKit();
    await addPhone(kit, { onPrompt: 'ask' });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(1000);
    const act = async (id: string, action: string): Promise<number> =>
      (await kit.admin('POST', `/prompts/${id}`, { action })).status;
    expect(await act('1', 'dance')).toBe(400);
    expect(await act('2', 'approve')).toBe(404);
    expect(await act('1', 'cancel')).toBe(200);
    expect(await act('1', 'approve')).toBe(409);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TF', code('1008')]);
  });
});

describe('an own id used again', () => {
  const duplicate =
    '{"status":{"response_code":"DP00800001000","code":"500","success":false,' +
    '"result_code":"ESB000041","message":"External Transaction ID already exists."}}';

  it.each(['approve', 'cancel', 'ask'])(
    'is a duplicate after %s, for any amount',
    async (habit) => {
      const kit = createKit();
      await addPhone(kit, { onPrompt: habit });
      await collect(kit, 'TXN0001');
      await kit.clock.advance(5000);
      const before = await statusOf(kit, 'TXN0001');
      const count = await truthCount(kit);
      for (const amount of [100, 250]) {
        const reply = await collect(kit, 'TXN0001', amount);
        expect([reply.status, reply.text]).toEqual([200, duplicate]);
      }
      await kit.clock.advance(5000);
      expect(await statusOf(kit, 'TXN0001')).toEqual(before);
      expect(await truthCount(kit)).toBe(count);
      expect((await kit.admin('GET', '/prompts?state=all')).json.prompts).toHaveLength(1);
    },
  );
});

describe('a refused collection', () => {
  const change = (path: string, value: unknown): object => {
    const body = structuredClone(collectionBody('TXN0001')) as ReturnType<typeof JSON.parse>;
    const [place = '', name = ''] = path.split('.');
    if (name === '') body[place] = value;
    else body[place][name] = value;
    return body;
  };

  it.each<[string, unknown, string, string | undefined]>([
    ['reference', undefined, 'ESB000008', undefined],
    ['reference', 'abc', 'ESB000008', undefined],
    ['reference', 'INV-001', 'ESB000008', undefined],
    ['reference', 'A'.repeat(26), 'ESB000008', undefined],
    ['subscriber.country', 'UG', 'ESB000034', undefined],
    ['transaction.country', 'UG', 'ESB000034', undefined],
    ['transaction.currency', 'UGX', 'ESB000035', undefined],
    ['subscriber.msisdn', '254733123456', 'ESB000033', undefined],
    ['subscriber.msisdn', '0733123456', 'ESB000033', undefined],
    ['subscriber.msisdn', '073312345', 'ESB000036', undefined],
    ['subscriber.msisdn', '73312345a', 'ESB000033', undefined],
    ['subscriber.msisdn', undefined, 'ESB000033', undefined],
    ['transaction.amount', 0, 'ESB000008', code('1004')],
    ['transaction.amount', -5, 'ESB000008', code('1004')],
    ['transaction.amount', '100', 'ESB000008', code('1004')],
    ['transaction.amount', 10.5, 'ESB000008', code('1004')],
    ['transaction.amount', null, 'ESB000008', code('1004')],
    ['transaction.amount', 250_001, 'ESB000011', code('1003')],
    ['transaction.id', 'A-B-C-D-E', 'ESB000008', undefined],
    ['transaction.id', 'ABCD', 'ESB000008', undefined],
    ['transaction.id', 'A'.repeat(65), 'ESB000008', undefined],
    ['transaction.id', 12_345, 'ESB000008', undefined],
  ])('%s = %j', async (...[path, value, result, response]) => {
    const kit = createKit();
    await addPhone(kit);
    const reply = await kit.wire('POST', '/merchant/v1/payments/', { body: change(path, value) });
    expect(reply.status).toBe(200);
    expect(reply.json.data).toBeUndefined();
    expect(reply.json.status).toMatchObject({ code: '400', success: false, result_code: result });
    expect(reply.json.status.response_code).toBe(response);
    expect((await enquire(kit, 'TXN0001')).json.status.response_code).toBe(code('1025'));
  });

  it('can be HTTP 400 as well', async () => {
    const kit = createKit({ config: { knobs: { fieldErrorHttp: 400 } } });
    const body = change('transaction.amount', 0);
    expect((await kit.wire('POST', '/merchant/v1/payments/', { body })).status).toBe(400);
  });

  it.each([
    [true, 'ESB000008'],
    [false, 'ESB000010'],
  ])('hyphens in ids and references, strictFields %s', async (strictFields, result) => {
    const kit = createKit({ config: { knobs: { strictFields } } });
    await addPhone(kit);
    const body = { ...collectionBody('0b9e-4c1f-aa'), reference: 'INV-001/a' };
    const reply = await kit.wire('POST', '/merchant/v1/payments/', { body });
    expect(reply.json.status.result_code).toBe(result);
  });

  it('takes a number as msisdn, as some clients send it', async () => {
    const kit = createKit();
    await addPhone(kit);
    const body = change('subscriber.msisdn', Number(phone));
    const reply = await kit.wire('POST', '/merchant/v1/payments/', { body });
    expect(reply.json.data.transaction.status).toBe('SUCCESS');
  });

  it.each([{ registered: false }, undefined])('is "Msisdn Not Found" for %j', async (standing) => {
    const kit = createKit();
    if (standing !== undefined) {
      await addPhone(kit);
      await kit.admin('PUT', `/phones/${phone}/standing`, standing);
    }
    const reply = await collect(kit, 'TXN0001');
    expect(reply.status).toBe(400);
    expect(reply.json.status).toMatchObject({
      message: 'Msisdn Not Found',
      response_code: code('1005'),
    });
  });
});

describe('an enquiry', () => {
  it('does not know what never was', async () => {
    const { status, json } = await enquire(createKit(), 'NOSUCHID');
    expect(status).toBe(200);
    expect(json.data).toBeUndefined();
    expect(json.status).toMatchObject({ response_code: code('1025'), result_code: 'ESB000045' });
  });

  it.each([
    ['tip', 'TIP', code('1006')],
    ['not-found', undefined, code('1025')],
  ])('too early, answers %s even when settled', async (answer, status, response) => {
    const kit = createKit({ config: { knobs: { tooEarly: { beforeMs: 180_000, answer } } } });
    await addPhone(kit);
    await collect(kit, 'TXN0001');
    await kit.clock.advance(179_999);
    const early = await enquire(kit, 'TXN0001');
    expect(early.json.data?.transaction.status).toBe(status);
    expect(early.json.data?.transaction.airtel_money_id).toBeUndefined();
    expect(early.json.status.response_code).toBe(response);
    await kit.clock.advance(1);
    expect((await enquire(kit, 'TXN0001')).json.data.transaction.status).toBe('TS');
  });

  it.each([
    ['ts', ['TS', code('1006')], ['TS']],
    ['tf', ['TF', code('1005')], ['TF']],
    ['never', ['TA', code('1000')], []],
  ])('ambiguous, then %s', async (outcome, expected, callbacks) => {
    const knobs = { ambiguous: { rate: 1, outcome, afterMs: 60_000 } };
    const kit = createKit({ config: { knobs } });
    await addPhone(kit);
    await collect(kit, 'TXN0001');
    await kit.clock.advance(3000);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TA', code('1000')]);
    await kit.clock.advance(59_999);
    expect(await truthCount(kit)).toBe(0);
    expect(kit.sent).toEqual([]);
    await kit.clock.advance(1000);
    expect(await statusOf(kit, 'TXN0001')).toEqual(expected);
    expect(kit.sent.map(({ body }) => JSON.parse(body).transaction.status_code)).toEqual(callbacks);
    expect(await truthCount(kit)).toBe(outcome === 'ts' ? 1 : 0);
  });

  it('ambiguous, then mixed, comes to every end', async () => {
    const knobs = { ambiguous: { rate: 1, outcome: 'mixed', afterMs: 1000 } };
    const kit = createKit({ config: { knobs } });
    await addPhone(kit);
    const ids = Array.from({ length: 20 }, (_unused, n) => `TXN${1000 + n}`);
    for (const id of ids) await collect(kit, id);
    await kit.clock.advance(5000);
    const seen = new Set<string>();
    for (const id of ids) seen.add((await statusOf(kit, id))[0] ?? '');
    expect(seen).toEqual(new Set(['TS', 'TF', 'TA']));
  });

  it('may find TF first and TS later, when told so', async () => {
    const kit = createKit({ config: { knobs: { tfThenTs: 1 } } });
    await addPhone(kit);
    await collect(kit, 'TXN0001');
    await kit.clock.advance(3000);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TF', code('1008')]);
    expect(await truthCount(kit)).toBe(0);
    await kit.clock.advance(6000);
    expect(await statusOf(kit, 'TXN0001')).toEqual(['TS', code('1006')]);
    expect(await truthCount(kit)).toBe(1);
    const codes = kit.sent.map(({ body }) => JSON.parse(body).transaction.status_code);
    expect(codes).toEqual(['TF', 'TS']);
  });
});
