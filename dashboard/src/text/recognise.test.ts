import { expect, it } from 'vitest';

import { recognise } from './recognise.ts';

const receipt = (text: string) => ({ kind: 'receipt', receipt: text });
const amount = (decimal: string) => ({ kind: 'amount', decimal });
const phone = { kind: 'phone', phone: '0712345678' };

it.each([
  ['', { kind: 'nothing' }],
  ['   ', { kind: 'nothing' }],
  ['TKN4XQ81ZB', receipt('TKN4XQ81ZB')],
  [' tkn4xq81zb ', receipt('TKN4XQ81ZB')],
  ['UKRQWXLBVH', receipt('UKRQWXLBVH')],
  ['UKRQWXLBV', { kind: 'unclear' }],
  ['UKRQWXLBVHA', { kind: 'unclear' }],
  ['MP261126.1405.A00001', receipt('MP261126.1405.A00001')],
  ['TKN4XQ81ZB Confirmed. Ksh1,500.00 sent to DUKA on 26/11/26 at 2:05 PM.', receipt('TKN4XQ81ZB')],
  [
    'You have paid KES 950 to DUKA. Txn ID: CI261126.1405.B0007. Balance 12',
    receipt('CI261126.1405.B0007'),
  ],
  ['ukrqwxlbvh Confirmed. Ksh5.00 sent to DUKA LA MAMA', receipt('UKRQWXLBVH')],
  ['UKRQWXLBVH Imethibitishwa. Umetuma Ksh5.00 kwa DUKA', receipt('UKRQWXLBVH')],
  ['Money was transacted to the duka', { kind: 'unclear' }],
  ['Hello how are you today', { kind: 'unclear' }],
  ['0712345678', phone],
  ['0712 345 678', phone],
  ['+254712345678', phone],
  ['712345678', phone],
  ['07123', { kind: 'unclear' }],
  ['2547123', { kind: 'unclear' }],
  ['1500', amount('1500.00')],
  ['1,500', amount('1500.00')],
  ['KES 1,500.50', amount('1500.50')],
  ['Ksh300/=', amount('300.00')],
  ['1 500', amount('1500.00')],
  ['0', { kind: 'unclear' }],
  ['0.50', { kind: 'unclear' }],
  ['TKN', { kind: 'unclear' }],
  ['<b>', { kind: 'unclear' }],
])('takes %j for what it is', (typed, taken) => {
  expect(recognise(typed)).toEqual(taken);
});
