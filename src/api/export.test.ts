import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { workbookRowsMax } from '#platform/sheets';

import { everyPayment } from './payment-search.ts';
import { createTestApi, type TestApi, type Told } from './test-kit.ts';

let world: TestApi;
const path = '/api/qmoi/revenue/transactions';

beforeAll(async () => {
  world = await createTestApi();
  await world.pay({ receipt: 'TKNCSV001', kes: 100, reference: 'AI' });
  await world.pay({ receipt: 'TKNCSV002', kes: 250, reference: '=1+1' });
  await world.pay({ receipt: 'TKNCSV003', kes: 3_000, reference: '@SUM(A1)' });
  for (let n = 0; n < 450; n += 1) {
    await world.pay({ receipt: `TKNMANY${n}`, kes: 40, reference: 'TRADING' });
  }
}, 60_000);
afterAll(() => world.close());

const get = (query: string): Promise<Told> => world.ask({ path: `${path}${query}` });
const lines = ({ text }: Told): readonly string[] => text.trimEnd().split('\r\n');

describe('payments by amount', () => {
  it.each([
    ['amountFrom=250&amountTo=250', ['TKNCSV002']],
    ['amountFrom=250.01', ['TKNCSV003']],
    ['amountFrom=100.00&amountTo=3000', ['TKNCSV003', 'TKNCSV002', 'TKNCSV001']],
    ['amountFrom=60&amountTo=99.99', []],
    ['amountFrom=100&amountTo=100&stream=ai-services&from=2026-11-23', ['TKNCSV001']],
    ['amountFrom=100&amountTo=100&to=2026-11-22', []],
  ])('are found by %s', async (filter, receipts) => {
    const found = await get(`?${filter}`);
    expect(found.status).toBe(200);
    expect(found.json.items.map((item: { receipt: string }) => item.receipt)).toEqual(receipts);
    expect(found.json.nextCursor).toBeNull();
  });

  it('come in pages without a gap', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const { json } = await get(`?amountTo=99&limit=100${cursor}`);
      seen.push(...json.items.map((item: { receipt: string }) => item.receipt));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    expect(seen).toEqual(Array.from({ length: 450 }, (_, n) => `TKNMANY${449 - n}`));
  });

  it.each([
    'amountFrom=-5',
    'amountFrom=1e3',
    'amountFrom=5.001',
    'amountTo=99999999999',
    'amountFrom=20&amountTo=10',
    'from=2026-11-24&to=2026-11-23',
  ])('are not looked for by %s', async (filter) => {
    for (const query of [`?${filter}`, `/export?format=csv&${filter}`]) {
      const refused = await get(query);
      expect(refused).toMatchObject({
        status: 400,
        json: { type: 'urn:qmoi:problem:invalid-request', errors: [expect.anything()] },
      });
    }
  });
});

describe('an export', () => {
  it('has every payment that the list has, masked and harmless', async () => {
    const told = await get('/export?format=csv');
    expect(told.status).toBe(200);
    expect(told.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="transactions-2026-11-23.csv"',
      'x-row-count': '453',
    });
    expect(told.text.startsWith('\uFEFFReceipt,Rail,Amount (KES)')).toBe(true);
    expect(lines(told)).toHaveLength(454);
    expect(lines(told)[1]).toMatch(/^TKNMANY449,M-Pesa,40\.00,40\.00,earned,/);
    const injected = lines(told).filter((line) => /TKNCSV00[23]/.test(line));
    expect(injected[0]).toContain(",'@SUM(A1),");
    expect(injected[1]).toContain(",'=1+1,");
    expect(told.text).toContain('2547•••••678,ACHIENG,2026-11-23 10:00:00');
    expect(told.text).not.toContain('254712345678');
  });

  it('is a workbook where one is asked for', async () => {
    const token = await world.login();
    const answer = await world.api.inject({
      method: 'GET',
      url: `${path}/export?format=xlsx&amountFrom=100`,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.headers['x-row-count']).toBe('3');
    const sheet = await readSheet(answer.rawPayload);
    expect(sheet).toHaveLength(4);
    expect(sheet[2]?.slice(0, 7)).toEqual([
      'TKNCSV002',
      'M-Pesa',
      250,
      0,
      'suspense',
      null,
      '=1+1',
    ]);
  });

  it('is kept in the audit log, without the number that was asked for', async () => {
    await get('/export?format=csv&phone=0712345678&state=earned&amountTo=99');
    const { json } = await world.ask({ path: '/api/qmoi/audit?action=payments.exported&limit=1' });
    expect(json.items).toMatchObject([
      {
        actor: expect.stringMatching(/^master:se_/),
        detail: { format: 'csv', state: 'earned', byPhone: true, amountMax: '9900', count: 450 },
      },
    ]);
    expect(JSON.stringify(json)).not.toContain('712345678');
  });

  it.each(['', '?format=pdf', '?format=csv&from=yesterday', '?format=csv&phone=12'])(
    'is refused as %j',
    async (query) => {
      expect((await get(`/export${query}`)).status).toBe(400);
    },
  );

  it('needs a session', async () => {
    const told = await world.ask({ path: `${path}/export?format=csv`, token: null });
    expect(told.status).toBe(401);
  });

  it('leaves out what is booked while it is made', async () => {
    const { collections } = world.business;
    const begun = await collections.exportPayments({
      search: everyPayment,
      format: 'csv',
      fits: undefined,
      by: { kind: 'cli' },
    });
    if (!begun.ok) throw new Error('it begins');
    const seen: string[] = [];
    let meanwhile = 0;
    for await (const page of begun.value.pages) {
      seen.push(...page.map(({ receipt }) => receipt));
      await world.pay({ receipt: `TKNLATE${meanwhile}`, kes: 1_000_000, reference: 'AI' });
      meanwhile += 1;
    }
    begun.value.end();
    expect(meanwhile).toBeGreaterThan(1);
    expect(seen).toHaveLength(453);
    expect(new Set(seen).size).toBe(453);
    expect(seen.some((receipt) => receipt.startsWith('TKNLATE'))).toBe(false);
  });

  it('makes room when it is left alone, and is refused while two go on', async () => {
    const { collections } = world.business;
    const order = {
      search: everyPayment,
      format: 'csv',
      fits: undefined,
      by: { kind: 'cli' },
    } as const;
    const first = await collections.exportPayments(order);
    const second = await collections.exportPayments(order);
    expect(await get('/export?format=csv')).toMatchObject({
      status: 503,
      json: { type: 'urn:qmoi:problem:too-many-exports' },
    });
    for (const one of [first, second]) if (one.ok) one.value.end();
    expect((await get('/export?format=csv&receipt=TKNCSV001')).status).toBe(200);
    expect((await get('/export?format=csv&receipt=TKNCSV001')).status).toBe(200);
    expect((await get('/export?format=csv&receipt=TKNCSV001')).status).toBe(200);
  });

  it('is refused where a sheet cannot hold it', async () => {
    const { collections } = world.business;
    const begun = await collections.exportPayments({
      search: everyPayment,
      format: 'xlsx',
      fits: 5,
      by: { kind: 'cli' },
    });
    expect(begun).toEqual({ ok: false, error: { kind: 'too-many-payments', most: 5 } });
    const other = await createTestApi((deps) => ({
      collections: {
        ...deps.collections,
        exportPayments: ({ fits = 0 }) =>
          Promise.resolve({ ok: false, error: { kind: 'too-many-payments', most: fits } }),
      },
    }));
    const told = await other.ask({ path: `${path}/export?format=xlsx` });
    await other.close();
    expect(told).toMatchObject({
      status: 422,
      json: { detail: expect.stringContaining(String(workbookRowsMax)) },
    });
    expect(told.json.detail).toContain('Ask for CSV');
  });
});
