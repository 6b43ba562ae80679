import { describe, expect, it } from 'vitest';
import type { Ruling } from './codes.ts';
import { decisiveCode, isPinCode, type Product } from './decisive.ts';

const responseOf = (product: Product, last: string) =>
  decisiveCode(
    { responseCode: `${product === 'prompt' ? 'DP0080000' : 'DP0090000'}${last}` },
    product,
  );

describe('response codes of collections', () => {
  it.each<[string, Ruling, string]>([
    ['1000', 'unknown', 'other'],
    ['1001', 'done', 'other'],
    ['1002', 'final', 'wrong-pin'],
    ['1003', 'final', 'over-limit'],
    ['1004', 'our-fault', 'our-request'],
    ['1005', 'final', 'no-response'],
    ['1006', 'pending', 'other'],
    ['1007', 'final', 'insufficient-funds'],
    ['1008', 'final', 'other'],
    ['1009', 'final', 'other'],
    ['1010', 'final', 'payer-not-registered'],
    ['1024', 'unknown', 'no-response'],
    ['1025', 'not-found', 'other'],
    ['1026', 're-key', 'our-credentials'],
    ['1029', 'final', 'expired'],
    ['1099', 'unknown', 'other'],
  ])('%s is %s, %s', (last, ruling, reason) => {
    expect(responseOf('prompt', last)).toMatchObject({ ruling, reason });
  });
});

describe('response codes of disbursements', () => {
  it.each<[string, Ruling, string]>([
    ['1000', 'unknown', 'other'],
    ['1001', 'done', 'other'],
    ['1002', 'our-fault', 'our-credentials'],
    ['1003', 'final', 'over-limit'],
    ['1004', 'our-fault', 'our-request'],
    ['1005', 'unknown', 'other'],
    ['1006', 'pending', 'other'],
    ['1007', 'final', 'our-float'],
    ['1009', 'final', 'payer-not-registered'],
    ['1010', 'our-fault', 'our-credentials'],
    ['1011', 'duplicate', 'other'],
    ['1012', 'final', 'payer-not-registered'],
    ['1013', 'our-fault', 'our-request'],
    ['1014', 'unknown', 'no-response'],
    ['1015', 'not-found', 'other'],
    ['1016', 're-key', 'our-credentials'],
    ['1017', 'duplicate', 'other'],
    ['1018', 're-key', 'our-credentials'],
    ['1019', 'our-fault', 'our-credentials'],
    ['1008', 'unknown', 'other'],
  ])('%s is %s, %s', (last, ruling, reason) => {
    expect(responseOf('payout', last)).toMatchObject({ ruling, reason });
  });
});

describe('response codes of refunds', () => {
  it.each<[string, Ruling, string]>([
    ['1001', 'done', 'other'],
    ['1003', 'final', 'over-limit'],
    ['1005', 'unknown', 'other'],
    // The payer of a refund is the business.
    ['1007', 'final', 'our-float'],
    // It may mean that the payment came back before.
    ['1008', 'unknown', 'other'],
    ['1010', 'final', 'payer-not-registered'],
    ['1024', 'unknown', 'no-response'],
    ['1025', 'our-fault', 'our-request'],
    ['1026', 're-key', 'our-credentials'],
    ['1099', 'unknown', 'other'],
  ])('%s is %s, %s', (last, ruling, reason) => {
    const responseCode = `DP0080000${last}`;
    expect(decisiveCode({ responseCode }, 'refund')).toMatchObject({ ruling, reason });
  });
});

describe('other codes', () => {
  it.each<[string, Ruling]>([
    ['ROUTER001', 'our-fault'],
    ['ROUTER003', 'our-fault'],
    ['ROUTER005', 'our-fault'],
    ['ROUTER006', 'our-fault'],
    ['ROUTER007', 'our-fault'],
    ['ROUTER110', 'our-fault'],
    ['ROUTER112', 'our-fault'],
    ['ROUTER114', 'our-fault'],
    ['ROUTER115', 'our-fault'],
    ['ROUTER116', 'our-fault'],
    ['ROUTER117', 'unknown'],
    ['ROUTER119', 'our-fault'],
    ['ROUTER999', 'unknown'],
    ['CONNECTION_TIMEOUT', 'unknown'],
    ['constructor', 'unknown'],
  ])('router %s is %s', (routerCode, ruling) => {
    expect(decisiveCode({ routerCode }, 'payout')?.ruling).toBe(ruling);
  });

  it.each<[string, Ruling]>([
    ['521002', 'our-fault'],
    ['521050', 'duplicate'],
    ['521051', 'unknown'],
  ])('result %s, which is no ESB code, is %s', (resultCode, ruling) => {
    expect(decisiveCode({ resultCode }, 'payout')?.ruling).toBe(ruling);
  });

  it.each<[string, Ruling]>([
    ['01', 'unknown'],
    ['04', 'unknown'],
    ['08', 'our-fault'],
    ['10', 'done'],
    ['11', 'unknown'],
    ['14', 'unknown'],
    ['33', 'our-fault'],
    ['34', 'our-fault'],
    ['35', 'our-fault'],
    ['36', 'our-fault'],
    ['39', 'our-fault'],
    ['41', 'duplicate'],
    ['45', 'not-found'],
    ['99', 'unknown'],
  ])('result ESB0000%s is %s', (last, ruling) => {
    expect(decisiveCode({ resultCode: `ESB0000${last}` }, 'prompt')?.ruling).toBe(ruling);
  });

  it('stops at every PIN code and at no other', () => {
    const pinCodes = ['ROUTER114', 'ROUTER115', 'ROUTER116'].map((routerCode) => ({ routerCode }));
    for (const codes of [...pinCodes, { responseCode: 'DP00900001002' }]) {
      const decisive = decisiveCode(codes, 'payout');
      expect(decisive !== undefined && isPinCode(decisive)).toBe(true);
    }
    const other = decisiveCode({ responseCode: 'DP00900001010' }, 'payout');
    expect(other !== undefined && isPinCode(other)).toBe(false);
  });
});

describe('precedence', () => {
  it.each([
    ['a duplicate over “ambiguous”', ['ESB000041', 'DP00800001000'], 'ESB000041'],
    ['the payouts’ own word for a duplicate', ['521050', 'DP00900001013'], '521050'],
    ['“not found” over any response', ['ESB000045', 'DP00800001006'], 'ESB000045'],
    ['the response over any other result', ['ESB000008', 'DP00800001000'], 'DP00800001000'],
    ['an unknown response over a result', ['ESB000008', 'DP00800009999'], 'DP00800009999'],
  ])('%s', (_name, [resultCode, responseCode], code) => {
    expect(decisiveCode({ resultCode, responseCode }, 'prompt')?.code).toBe(code);
  });

  it('is empty without a code', () => {
    expect(decisiveCode({}, 'prompt')).toBeUndefined();
  });

  it('does not read a disbursement code in a collection', () => {
    expect(decisiveCode({ responseCode: 'DP00900001003' }, 'prompt')?.ruling).toBe('unknown');
  });
});
