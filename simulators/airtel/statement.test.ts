import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collect,
  createKit,
  disburse,
  type Kit,
  phone,
  startAt,
  stopKits,
} from './test-kit.ts';

afterEach(stopKits);

const paid = 'MP260301.1234.L00001';

/** A float, a payment, one unasked, a payout and a refund, a minute after one another. */
async function busyKit(): Promise<Kit> {
  const config = { collectionFeeBasisPoints: 150, disbursementFeeShillings: 10 };
  const kit = createKit({ config });
  await addPhone(kit);
  await kit.admin('POST', '/org/float', { amount: 1000 });
  await collect(kit, 'TXN0001');
  await kit.clock.advance(60_000);
  await kit.admin('POST', `/phones/${phone}/pay`, { amount: 250, reference: 'Shop 7, "left"' });
  await kit.clock.advance(60_000);
  await disburse(kit, 'PAY0001', { amount: 40 });
  await kit.clock.advance(60_000);
  const body = { transaction: { airtel_money_id: paid } };
  await kit.wire('POST', '/standard/v1/payments/refund', { body });
  return kit;
}

const statement = async (kit: Kit, query = ''): Promise<readonly string[]> => {
  const { text, headers, status } = await kit.admin('GET', `/statement${query}`);
  expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  return text.trimEnd().split('\r\n');
};

const names =
  'Airtel Money ID,Transaction Date & Time,Transaction Type,Status,Credit,Debit,Service Charge,' +
  'Balance,Currency,Sender MSISDN,Receiver MSISDN,Reference No,External ID,' +
  'Original Airtel Money ID';

describe('the statement', () => {
  it('tells every movement of the wallet, its charge and whose it is', async () => {
    const kit = await busyKit();
    expect(await statement(kit, '?from=2026-03-01')).toEqual([
      'Airtel Money Statement,QMOI TRADERS,,,,,,,,,,,,',
      'From Date,01-03-2026 00:00:00,,,,,,,,,,,,',
      'To Date,01-03-2026 12:37:00,,,,,,,,,,,,',
      'Currency,KES,,,,,,,,,,,,',
      'Opening Balance,0.00,,,,,,,,,,,,',
      names,
      'CI260301.1234.D00002,01-03-2026 12:34:00,CASHIN,TS,1000.00,,,1000.00,KES,,,,,',
      `${paid},01-03-2026 12:34:03,MERCHPAY,TS,100.00,,1.50,1098.50,KES,${phone},,INV001,TXN0001,`,
      `MP260301.1235.L00002,01-03-2026 12:35:00,MERCHPAY,TS,250.00,,3.75,1344.75,KES,${phone},,` +
        '"Shop 7, ""left""",,',
      `CI260301.1236.H00003,01-03-2026 12:36:00,DISBURSEMENT,TS,,40.00,10.00,1294.75,KES,,` +
        `${phone},PAYOUT1,PAY0001,`,
      `CI260301.1237.C00004,01-03-2026 12:37:00,REVERSAL,TS,,100.00,,1194.75,KES,,` +
        `${phone},INV001,,${paid}`,
      'Closing Balance,1194.75,,,,,,,,,,,,',
    ]);
    expect((await kit.admin('GET', '/org')).json.balance).toBe('1194.75');
  });

  it('may begin with the newest, and may sign its amounts', async () => {
    const lines = await statement(await busyKit(), '?layout=signed&order=newest&format=csv');
    const cells = lines.slice(5, -1).map((line) => line.split(','));
    expect(cells.map((row) => row[4])).toEqual([
      'Amount',
      '-100.00',
      '-40.00',
      '250.00',
      '100.00',
      '1000.00',
    ]);
  });

  it.each([
    [`from=${startAt + 60_000}&to=${startAt + 120_000}`, 1, '1098.50', '1344.75'],
    ['from=2026-03-01T09:35:00Z&to=2026-03-01T09:36:00.001Z', 2, '1098.50', '1294.75'],
    [`from=${startAt / 1000 + 61}`, 2, '1344.75', '1194.75'],
    ['from=2026-03-02&to=2026-03-03', 0, '1194.75', '1194.75'],
    ['to=2026-03-01', 0, '0.00', '0.00'],
  ])('carries the balance into %s', async (...[query, count, opening, closing]) => {
    const lines = await statement(await busyKit(), `?${query}`);
    expect(lines).toHaveLength(7 + count);
    expect(lines[4]).toMatch(`Opening Balance,${opening},`);
    expect(lines.at(-1)).toMatch(`Closing Balance,${closing},`);
  });

  it.each([
    'from=yesterday',
    'from=2026-02-30',
    'from=2026-03-01T25:00:00Z',
    'from=2026-03-02&to=2026-03-01',
    'format=pdf',
    'layout=wide',
    'order=none',
  ])('refuses %s', async (query) => {
    const reply = await createKit().admin('GET', `/statement?${query}`);
    expect([reply.status, reply.json.error]).toEqual([400, 'bad-fields']);
  });
});
