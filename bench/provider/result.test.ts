import { expect, it } from 'vitest';

import { payoutReceiptOf, resultRequestOf } from './result.ts';

it('a result goes to the address it was asked to, whole, and says what was paid', () => {
  const asked = {
    ownId: 'QT1',
    amount: 10,
    phone: '254700000001',
    resultUrl: 'http://127.0.0.1:8080/hooks/payout-result/abc',
  };
  const [head = '', body = ''] = resultRequestOf(asked, 35).toString().split('\r\n\r\n');
  expect(head).toMatch(/^POST \/hooks\/payout-result\/abc HTTP\/1\.1\r\nHost: 127\.0\.0\.1:8080\r/);
  expect(head).toContain(`Content-Length: ${body.length}`);
  expect(JSON.parse(body)).toMatchObject({
    Result: { ResultCode: 0, OriginatorConversationID: 'QT1', TransactionID: 'UKP000000Z' },
  });
});

it('receipts are in order of their numbers, and each is another', () => {
  const receipts = Array.from({ length: 100 }, (_, n) => payoutReceiptOf(n));
  expect(new Set(receipts).size).toBe(100);
  expect(receipts.toSorted()).toEqual(receipts);
});
