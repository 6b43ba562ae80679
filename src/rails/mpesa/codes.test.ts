import { describe, expect, it } from 'vitest';
import {
  payoutMeaningOf,
  payoutResultCodes,
  promptMeaningOf,
  promptResultCodes,
  refundMeaningOf,
  refundResultCodes,
  topUpMeaningOf,
  topUpResultCodes,
  transactionStateOf,
} from './codes.ts';
import { gatewayCodes, gatewayMeaningOf, isTokenRefusal } from './gateway-codes.ts';

describe('prompt results', () => {
  it.each([
    ['1', 'final', 'insufficient-funds'],
    ['2', 'final', 'over-limit'],
    ['3', 'final', 'over-limit'],
    ['4', 'final', 'over-limit'],
    ['8', 'final', 'over-limit'],
    ['17', 'unknown', 'busy'],
    ['26', 'retryable', 'provider-down'],
    ['1001', 'retryable', 'busy'],
    ['1019', 'final', 'expired'],
    ['1025', 'retryable', 'other'],
    ['1031', 'unknown', 'other'],
    ['1032', 'final', 'payer-cancelled'],
    ['1036', 'unknown', 'other'],
    ['1037', 'final', 'no-response'],
    ['2001', 'final', 'wrong-pin'],
    ['2028', 'our-fault', 'our-request'],
    ['4999', 'pending', 'other'],
    ['8006', 'final', 'payer-locked'],
    ['9999', 'retryable', 'other'],
    ['SFC_IC0003', 'our-fault', 'our-request'],
  ])('%s is %s, %s', (code, ruling, reason) => {
    expect(promptMeaningOf(code)).toMatchObject({ ruling, reason });
  });

  it('are all in the table above', () => {
    expect(Object.keys(promptResultCodes)).toHaveLength(20);
  });
});

describe('payout results', () => {
  it.each([
    ['1', 'final', 'our-float'],
    ['2', 'final', 'over-limit'],
    ['3', 'final', 'over-limit'],
    ['4', 'final', 'over-limit'],
    ['8', 'final', 'over-limit'],
    ['11', 'our-fault', 'our-request'],
    ['15', 'unknown', 'other'],
    ['17', 'unknown', 'other'],
    ['18', 'our-fault', 'our-credentials'],
    ['19', 'unknown', 'other'],
    ['20', 'our-fault', 'our-request'],
    ['21', 'our-fault', 'our-request'],
    ['22', 'our-fault', 'our-request'],
    ['24', 'our-fault', 'our-request'],
    ['25', 'our-fault', 'our-request'],
    ['26', 'unknown', 'provider-down'],
    ['29', 'our-fault', 'our-request'],
    ['2001', 'our-fault', 'our-credentials'],
    ['2006', 'our-fault', 'our-request'],
    ['2028', 'our-fault', 'our-request'],
    ['2040', 'final', 'payer-not-registered'],
    ['8006', 'our-fault', 'our-credentials'],
    ['TP40153', 'our-fault', 'our-credentials'],
    ['SFC_IC0003', 'final', 'payer-not-registered'],
    ['100000000', 'unknown', 'provider-down'],
    ['100000011', 'unknown', 'provider-down'],
  ])('%s is %s, %s', (code, ruling, reason) => {
    expect(payoutMeaningOf(code)).toMatchObject({ ruling, reason });
  });

  it('are all in the table above, beside ten more broker codes', () => {
    expect(Object.keys(payoutResultCodes)).toHaveLength(26 + 10);
  });
});

describe('refund results', () => {
  it.each([
    ['1', 'final', 'our-float'],
    ['11', 'our-fault', 'our-request'],
    ['21', 'our-fault', 'our-request'],
    ['2001', 'our-fault', 'our-credentials'],
    ['2006', 'our-fault', 'our-request'],
    ['2028', 'our-fault', 'our-request'],
    ['8006', 'our-fault', 'our-credentials'],
    ['R000001', 'unknown', 'other'],
    ['R000002', 'our-fault', 'our-request'],
  ])('%s is %s, %s', (code, ruling, reason) => {
    expect(refundMeaningOf(code)).toMatchObject({ ruling, reason });
  });

  it('are six beside those of every operator call', () => {
    expect(Object.keys(refundResultCodes)).toHaveLength(14 + 12 + 6);
  });
});

describe('top-up results', () => {
  it.each([
    ['1', 'final', 'our-float'],
    ['21', 'our-fault', 'our-request'],
    ['SFC_IC0003', 'our-fault', 'our-request'],
    // Listed for payouts only; what it would mean here nobody has written down.
    ['2040', 'unknown', 'other'],
  ])('%s is %s, %s', (code, ruling, reason) => {
    expect(topUpMeaningOf(code)).toMatchObject({ ruling, reason });
  });

  it('are two beside those of every operator call', () => {
    expect(Object.keys(topUpResultCodes)).toHaveLength(14 + 12 + 2);
  });
});

describe('gateway codes', () => {
  it.each([
    ['400.002.02', 'our-fault', 'our-request'],
    ['400.009.99', 'our-fault', 'our-request'],
    ['400.008.01', 'our-fault', 'our-credentials'],
    ['403.002.1001', 'our-fault', 'our-request'],
    ['404.001.01', 'our-fault', 'our-request'],
    ['405.001', 'our-fault', 'our-request'],
    ['429', 'retryable', 'provider-down'],
    ['500.003.02', 'retryable', 'provider-down'],
    ['500.003.03', 'retryable', 'provider-down'],
    ['500.001.1001', 'unknown', 'other'],
    ['500.002.1001', 'unknown', 'other'],
    ['500.003.1001', 'unknown', 'provider-down'],
    ['00.002.1001', 'unknown', 'provider-down'],
    ['404.009.99', 'unknown', 'other'],
  ])('%s is %s, %s', (code, ruling, reason) => {
    expect(gatewayMeaningOf(code)).toMatchObject({ ruling, reason });
  });

  it.each(['404.001.03', '401.002.01', '400.003.01', '401.003.01', '401.001', '401'])(
    '%s refuses the token',
    (code) => {
      expect(isTokenRefusal(code)).toBe(true);
    },
  );

  it.each(['404.001.04', '400.008.01', '403.002.1001', 'constructor'])(
    '%s does not refuse the token',
    (code) => {
      expect(isTokenRefusal(code)).toBe(false);
    },
  );

  it('never let money be sent again on an unclear code', () => {
    const resendable = Object.entries(gatewayCodes)
      .filter(([code, { ruling }]) => ruling === 'retryable' && !isTokenRefusal(code))
      .map(([code]) => code);
    expect(resendable.toSorted()).toEqual(['429', '500.003.02', '500.003.03']);
  });
});

describe('codes nobody wrote down', () => {
  it.each(['', '7', '1038', '00', 'constructor', '__proto__', 'toString'])(
    '%j: unknown',
    (code) => {
      const all = [promptMeaningOf, payoutMeaningOf, refundMeaningOf, topUpMeaningOf];
      for (const meaningOf of all) {
        expect(meaningOf(code).ruling).toBe('unknown');
      }
      expect(gatewayMeaningOf(code).ruling).toBe('unknown');
    },
  );
});

describe('transaction states', () => {
  it.each([
    ['Completed', 'completed'],
    ['Cancelled', 'failed'],
    ['Declined', 'failed'],
    ['Expired', 'failed'],
    ['Failed', 'failed'],
    ['Initiated', 'pending'],
    ['Authorized', 'pending'],
    ['Pending Authorized', 'pending'],
    ['completed', 'unknown'],
    ['valueOf', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s', (status, state) => {
    expect(transactionStateOf(status)).toBe(state);
  });
});
