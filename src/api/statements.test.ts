import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { statementRows } from '../../test/support/scripted-statement.ts';
import { csvFile, pdfFile } from '../../test/support/sheet-files.ts';
import { createTestApi, type TestApi, type Told } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const facts = () => ({
  rail: 'mpesa' as const,
  account: 'wallet',
  shortCode: world.shortCode,
  from: '2026-11-22 00:00:00',
  to: '2026-11-22 23:59:59',
});
const paid = (receipt: string, amount = '950.00') => ({
  receipt,
  time: '2026-11-22 10:00:00',
  kind: 'payment' as const,
  amount,
  reference: 'AI',
});

const upload = (
  body: Buffer,
  query = '?name=november.csv',
  headers: Record<string, string> = {},
): Promise<Told> =>
  world.ask({ method: 'POST', path: `/api/qmoi/statements/preview${query}`, body, headers });
const commit = (id: string): Promise<Told> =>
  world.ask({ method: 'POST', path: `/api/qmoi/statements/${id}/commit` });

describe('a statement', () => {
  it('is previewed, imported once and listed', async () => {
    const file = csvFile(statementRows(facts(), [paid('S1'), paid('S2', '50.50')]));
    const seen = await upload(file, '?name=november.csv', { 'content-type': 'text/csv' });
    expect(seen.status).toBe(200);
    expect(seen.json).toMatchObject({
      id: expect.stringMatching(/^st_/),
      name: 'november.csv',
      kind: 'csv',
      rail: 'mpesa',
      imported: false,
      newPayments: { count: 2, sumDecimal: '1000.50' },
      cover: { from: '2026-11-21T21:00:00.000Z' },
    });
    const done = await commit(seen.json.id);
    expect(done.status).toBe(200);
    expect(done.json).toMatchObject({
      state: 'done',
      paymentsBooked: 2,
      bookedDecimal: '1000.50',
      importedBy: expect.stringMatching(/^master:se_/),
    });
    expect((await commit(seen.json.id)).json).toEqual(done.json);
    expect((await upload(file)).json).toMatchObject({
      imported: true,
      repeatedCount: 2,
      knownPayments: { count: 2 },
    });
    const list = await world.ask({ path: '/api/qmoi/statements' });
    expect(list.json).toEqual({ items: [done.json], nextCursor: null });
    const payment = await world.ask({ path: '/api/qmoi/revenue/transactions/S1' });
    expect(payment.json).toMatchObject({
      payment: { road: 'statement' },
      evidence: [{ kind: 'statement' }],
    });
  });

  it('may be a locked PDF, whose password comes in a header', async () => {
    const rows = statementRows(facts(), [paid('P1')]);
    const widths = [90, 120, 80, 90, 90, 90, 90, 90, 90];
    const file = await pdfFile(rows, { widths, above: rows.length - 2, password: 'a%1' });
    const header = (password: string) => ({ 'x-statement-password': password });
    expect((await upload(file, '', header('a%251'))).json).toMatchObject({ kind: 'pdf' });
    expect((await upload(file)).json.detail).toContain('locked with a password');
    expect((await upload(file, '', header('no'))).json.detail).toContain('does not open');
    expect((await upload(file, '', header('%'))).status).toBe(400);
  });

  const file = (more: object, ...lines: Parameters<typeof statementRows>[1]): Buffer =>
    csvFile(statementRows({ ...facts(), ...more }, lines));

  it.each([
    { what: 'nothing', body: () => Buffer.alloc(0), kind: 'file-refused', says: /empty/ },
    { what: 'a table', body: () => Buffer.from('a,b\n1'), kind: 'no-statement', says: /a rail/ },
    {
      what: 'another rail’s',
      body: () => file({}),
      query: '?rail=airtel',
      kind: 'no-statement',
      says: /Airtel/,
    },
    {
      what: 'another shop’s',
      body: () => file({ shortCode: '999999' }),
      kind: 'foreign-short-code',
      says: /999999/,
    },
    {
      what: 'damaged',
      body: () => file({}, paid('D1', 'much')),
      kind: 'statement-damaged',
      says: /Line 7: .*no line of a statement/,
    },
    {
      what: 'too much',
      body: () => Buffer.alloc(34 * 1024 * 1024, 65),
      status: 413,
      kind: 'body-too-large',
      says: /32 MiB/,
    },
    {
      what: 'of a rail there is not',
      body: () => Buffer.from('a'),
      query: '?rail=cash',
      status: 400,
      kind: 'invalid-request',
      says: /rail/,
    },
  ])('that is $what is refused', async ({ body, query = '', status = 422, kind, says }) => {
    const told = await upload(body(), query);
    expect(told.status).toBe(status);
    expect(told.json).toMatchObject({
      type: `urn:qmoi:problem:${kind}`,
      detail: expect.stringMatching(says),
    });
  });

  it('that nobody previewed cannot be imported', async () => {
    for (const id of ['st_0000000000001', 'nonsense']) {
      const told = await commit(id);
      expect(told.status).toBe(404);
      expect(told.json.type).toBe('urn:qmoi:problem:no-such-preview');
    }
  });

  it('is nobody’s business without a session', async () => {
    const path = '/api/qmoi/statements/preview';
    const body = Buffer.from('a,b');
    expect((await world.ask({ method: 'POST', path, body, token: null })).status).toBe(401);
    expect((await world.ask({ path: '/api/qmoi/reconciliation', token: null })).status).toBe(401);
  });
});

describe('a day', () => {
  it('leads from a difference to the exception about it', async () => {
    const at = { from: '2026-11-21 00:00:00', to: '2026-11-21 23:59:59' };
    const left = {
      ...paid('OUT1', '-300.00'),
      time: '2026-11-21 10:00:00',
      kind: 'payout' as const,
    };
    const seen = await upload(csvFile(statementRows({ ...facts(), ...at }, [left])));
    expect(seen.json).toMatchObject({
      unmatchedPayouts: { count: 1 },
      missingPayments: { count: 0 },
    });
    await commit(seen.json.id);
    const { json } = await world.ask({ path: '/api/qmoi/reconciliation?date=2026-11-21' });
    const [difference] = json.days[0].differences;
    expect(difference).toMatchObject({ kind: 'outgoing-not-booked', receipt: 'OUT1' });
    const told = await world.ask({ path: `/api/qmoi/exceptions/${difference.exceptionId}` });
    expect(told.json.exception).toMatchObject({
      kind: 'unmatched-payout',
      subject: difference.subject,
    });
  });

  it('is shown as books, events and statement have it', async () => {
    const told = await world.ask({ path: '/api/qmoi/reconciliation?date=2026-11-22&rail=mpesa' });
    expect(told.status).toBe(200);
    expect(told.json).toMatchObject({
      businessDate: '2026-11-22',
      days: [
        {
          rail: 'mpesa',
          state: 'agrees',
          whole: true,
          books: { payments: { count: 2, sumDecimal: '1000.50' } },
          events: { payments: { count: 0, sumDecimal: '0.00' } },
          statement: { payments: { count: 2, sumDecimal: '1000.50' } },
          differences: [
            { kind: 'told-by-statement-only', weighs: false, receipt: 'S1', inEvents: false },
            { kind: 'told-by-statement-only', receipt: 'S2' },
          ],
        },
      ],
    });
  });

  it('is yesterday and every rail, unless another is asked for', async () => {
    const { json } = await world.ask({ path: '/api/qmoi/reconciliation' });
    expect(json.businessDate).toBe('2026-11-22');
    expect(json.days.map(({ rail }: { rail: string }) => rail)).toEqual(['mpesa', 'airtel']);
    expect(json.days[1]).toMatchObject({ state: 'no-statement', statement: null });
  });
});
