import { parse } from 'csv-parse/sync';
import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  initiatorBody,
  lastReceived,
  payerMsisdn,
  payoutBody,
  payoutPath,
  type Rig,
  testShortCode,
  testTill,
  topUpBody,
  topUpPath,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const rowsOf = (csv: string): string[][] => parse(csv, { relax_column_count: true });

async function statement(account: string, query = ''): Promise<string[][]> {
  const path = `/statement?account=${account}&format=csv${query}`;
  const { status, text } = await rig.admin('GET', path);
  expect(status).toBe(200);
  return rowsOf(text);
}

/** The table below the preamble, by its own column names. */
function tableOf(rows: readonly (readonly string[])[]): Record<string, string>[] {
  const at = rows.findIndex(([first]) => first === 'Receipt No.');
  const [names = [], ...body] = rows.slice(at);
  return body.map((row) => Object.fromEntries(names.map((name, n) => [name, row[n] ?? ''])));
}
const headOf = (rows: readonly (readonly string[])[]): Record<string, string> =>
  Object.fromEntries(rows.slice(0, 6).map(([name = '', value = '']) => [name, value]));

const pay = async (amount: number, shortCode = testShortCode): Promise<unknown> => {
  const payment = { shortCode, accountReference: 'INV, "1"', amount };
  const { body } = await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment);
  return body['receipt'];
};
const receiptOfResult = () => dig(lastReceived(rig, '/result'), 'Result', 'TransactionID');

it('tells everything that moved in an account, with the balance after each', async () => {
  rig = await createRig({ settings: { c2bTariff: 'customer-bouquet' } });
  await rig.addPhone({ balance: 10_000 });
  await rig.admin('POST', '/org/deposit', { amount: 700, account: 'working' });
  const paid = await pay(2000);
  const other = await pay(300);
  await rig.api(topUpPath, topUpBody(rig));
  await rig.advance(7000);
  const topUp = receiptOfResult();
  await rig.api(payoutPath, payoutBody(rig, { Amount: 1000 }));
  await rig.advance(7000);
  const payout = receiptOfResult();
  const { PartyA: _party, IdentifierType: _type, ...common } = initiatorBody(rig, {});
  await rig.api('/mpesa/reversal/v1/request', {
    ...common,
    CommandID: 'TransactionReversal',
    TransactionID: other,
    Amount: 300,
    ReceiverParty: testShortCode,
    RecieverIdentifierType: '11',
  });
  await rig.advance(7000);
  const reversal = receiptOfResult();

  const utility = await statement('utility');
  expect(headOf(utility)).toMatchObject({
    'Account Holder:': 'Daraja-Sandbox',
    'Short Code:': testShortCode,
    'Account:': 'Utility Account',
    'Opening Balance:': '0.00',
    'Closing Balance:': '1,400.00',
  });
  const shown = tableOf(utility).map((row) => [
    row['Receipt No.'],
    row['Paid In'],
    row['Withdrawn'],
    row['Balance'],
    row['Reason Type'],
    row['Linked Transaction ID'],
  ]);
  expect(shown).toEqual([
    [paid, '2,000.00', '', '2,000.00', 'Pay Bill Online', ''],
    [other, '300.00', '', '2,300.00', 'Pay Bill Online', ''],
    [topUp, '400.00', '', '2,700.00', 'Business Transfer From MMF To Utility via API', ''],
    [payout, '', '-1,000.00', '1,700.00', 'Business Payment to Customer via API', ''],
    [reversal, '', '-300.00', '1,400.00', 'Transaction Reversal via API', other],
  ]);
  expect(tableOf(utility)[0]).toMatchObject({
    'Completion Time': '23-11-2026 08:00:00',
    'Transaction Status': 'Completed',
    'Other Party Info': '2547****678 - Jane Wanjiru Otieno',
    'A/C No.': 'INV, "1"',
  });
  expect(tableOf(await statement('working')).map((row) => row['Balance'])).toEqual([
    '700.00',
    '300.00',
  ]);
  const charges = tableOf(await statement('charges'));
  expect(charges.map((row) => [row['Receipt No.'], row['Details'], row['Withdrawn']])).toEqual([
    [paid, 'Pay Bill Charge', '-20.00'],
    [other, 'Pay Bill Charge', '-5.00'],
    [payout, 'Business Payment to Customer Charge', '-5.00'],
  ]);
});

it('shows a period only, from the balance before it', async () => {
  rig = await createRig();
  await rig.addPhone();
  await pay(100);
  await rig.advance(60_000);
  const from = rig.clock.now();
  const inside = await pay(200);
  const to = rig.clock.now();
  await rig.advance(60_000);
  await pay(400);
  const rows = await statement('utility', `&from=${from}&to=${to}`);
  expect(headOf(rows)).toMatchObject({
    'Time Period:': 'From 23-11-2026 08:01:00 To 23-11-2026 08:01:00',
    'Opening Balance:': '100.00',
    'Closing Balance:': '300.00',
  });
  expect(tableOf(rows).map((row) => row['Receipt No.'])).toEqual([inside]);
});

it('keeps the order of payments in the same second, each under its own receipt', async () => {
  rig = await createRig();
  await rig.addPhone();
  const paid = [await pay(30), await pay(10), await pay(20), await pay(10)];
  const rows = tableOf(await statement('utility'));
  expect(new Set(paid).size).toBe(4);
  expect(new Set(rows.map((row) => row['Completion Time'])).size).toBe(1);
  expect(rows.map((row) => row['Receipt No.'])).toEqual(paid);
  expect(rows.map((row) => row['Balance'])).toEqual(['30.00', '40.00', '60.00', '70.00']);
  const { body } = await rig.admin('GET', '/truth');
  const truth = body['transactions'] as { receipt: string }[];
  expect(truth.map(({ receipt }) => receipt)).toEqual(paid);
});

it('of the till stands apart', async () => {
  rig = await createRig();
  await rig.addPhone();
  await pay(50, testTill);
  expect(tableOf(await statement('utility'))).toEqual([]);
  expect(tableOf(await statement('merchant'))).toEqual([
    expect.objectContaining({ 'Paid In': '50.00', 'Reason Type': 'Buy Goods' }),
  ]);
});

it.each(['account=all&format=csv', 'account=utility&format=pdf', 'format=csv', ''])(
  'does not know “%s”',
  async (query) => {
    rig = await createRig();
    expect((await rig.admin('GET', `/statement?${query}`)).status).toBe(400);
  },
);
