import { describe, expect, it } from 'vitest';
import type { Exchange } from './client.ts';
import { statusOf } from './test-kit.ts';
import {
  balanceOf,
  listedPaymentOf,
  payoutSubmissionOf,
  payoutVerdictOf,
  promptSubmissionOf,
  promptVerdictOf,
} from './translate.ts';

const answer = (status: number, json: unknown): Exchange => ({
  kind: 'answer',
  status,
  json,
  raw: JSON.stringify(json) ?? '',
});
const withTransaction = (transaction: unknown, codes: Readonly<Record<string, unknown>>) => ({
  data: { transaction },
  status: statusOf(codes),
});
const bare = (codes: Readonly<Record<string, unknown>>) => ({ status: statusOf(codes) });
const id = 'TXN0001';
const collected = (codes: string) => ({ response_code: `DP0080000${codes}` });
const paidOut = (codes: string) => ({ response_code: `DP0090000${codes}` });

const unansweredRows = [
  ['lost', { kind: 'lost', cause: 'timeout' }, { kind: 'unknown', cause: 'timeout' }],
  [
    'never sent',
    { kind: 'not-sent', cause: 'ECONNREFUSED' },
    { kind: 'refused', reason: 'provider-down', mayResend: true },
  ],
  [
    'without credentials',
    { kind: 'credentials-refused', code: 'invalid_client', description: 'no' },
    { kind: 'refused', code: 'invalid_client', reason: 'our-credentials', mayResend: true },
  ],
] as const satisfies readonly (readonly [string, Exchange, object])[];

// HTTP says what no body does; the same for both products.
const gatewayRows = [
  [400, undefined, { kind: 'refused', code: 'HTTP 400', reason: 'our-request', mayResend: false }],
  [401, undefined, { kind: 'refused', reason: 'our-credentials', mayResend: false }],
  [403, undefined, { kind: 'refused', reason: 'our-credentials', mayResend: false }],
  [404, undefined, { kind: 'refused', reason: 'our-request', mayResend: false }],
  [405, undefined, { kind: 'refused', reason: 'our-request', mayResend: false }],
  [415, undefined, { kind: 'refused', reason: 'our-request', mayResend: false }],
  [429, undefined, { kind: 'refused', reason: 'provider-down', mayResend: true }],
  [200, undefined, { kind: 'unknown', cause: 'HTTP 200 that says nothing' }],
  [302, undefined, { kind: 'unknown', cause: 'HTTP 302' }],
  [500, { status: { message: 'Something Went Wrong' } }, { kind: 'unknown', cause: 'HTTP 500' }],
  [502, undefined, { kind: 'unknown', cause: 'HTTP 502' }],
  [503, undefined, { kind: 'unknown', cause: 'HTTP 503' }],
  [504, undefined, { kind: 'unknown', cause: 'HTTP 504' }],
  [
    408,
    { status_message: 'I/O Exception', status_code: 'CONNECTION_TIMEOUT' },
    { kind: 'unknown', cause: 'HTTP 408, CONNECTION_TIMEOUT' },
  ],
  [200, { status_code: 'CONNECTION_TIMEOUT' }, { kind: 'unknown' }],
  [400, { status_code: 'ROUTER117' }, { kind: 'unknown' }],
  [400, { status_code: 'ROUTER777' }, { kind: 'unknown', cause: 'code ROUTER777' }],
  [400, { status_code: 'ROUTER003' }, { kind: 'refused', reason: 'our-request', mayResend: false }],
  [403, { status_code: 'ROUTER007' }, { kind: 'refused', reason: 'our-credentials' }],
] as const;

describe('submitting a prompt', () => {
  it.each(unansweredRows)('%s', (_name, exchange, expected) => {
    expect(promptSubmissionOf(exchange, id)).toMatchObject(expected);
  });

  it.each(gatewayRows)('HTTP %s with %j', (status, json, expected) => {
    expect(promptSubmissionOf(answer(status, json), id)).toMatchObject(expected);
  });

  const accepted = { kind: 'accepted', providerRequestId: id };
  const asked = { id, status: 'SUCCESS' };
  it.each([
    ['accepted', answer(200, withTransaction(asked, collected('1006'))), accepted],
    ['without a response code', answer(200, withTransaction(asked, {})), accepted],
    [
      'id false',
      answer(200, withTransaction({ id: false, status: 'SUCCESS' }, collected('1006'))),
      accepted,
    ],
    [
      'in progress',
      answer(200, withTransaction({ id, status: 'TIP' }, collected('1006'))),
      accepted,
    ],
    [
      'another id',
      answer(200, withTransaction({ id: 'OTHER', status: 'SUCCESS' }, collected('1006'))),
      { kind: 'unknown', cause: 'an answer about another transaction' },
    ],
    [
      'false transaction',
      answer(200, withTransaction(false, collected('1006'))),
      { kind: 'unknown' },
    ],
    ['ambiguous', answer(200, withTransaction(asked, collected('1000'))), { kind: 'unknown' }],
    [
      'accepted under 502',
      answer(502, withTransaction(asked, collected('1006'))),
      { kind: 'unknown' },
    ],
    ['unknown code', answer(200, withTransaction(asked, collected('1077'))), { kind: 'unknown' }],
    [
      'the same id again',
      answer(
        200,
        bare({ ...collected('1000'), code: '500', success: false, result_code: 'ESB000041' }),
      ),
      { kind: 'unknown', cause: 'duplicate own id' },
    ],
    [
      'a number without wallet',
      answer(400, bare({ ...collected('1005'), message: 'Msisdn Not Found' })),
      { kind: 'refused', reason: 'payer-not-registered', description: 'Msisdn Not Found' },
    ],
    [
      'the same under HTTP 200',
      answer(200, bare({ ...collected('1005'), code: '400', message: 'Msisdn Not Found' })),
      { kind: 'refused', reason: 'payer-not-registered', mayResend: false },
    ],
    [
      'a field error',
      answer(200, bare({ code: '400', result_code: 'ESB000033' })),
      { kind: 'refused', code: 'ESB000033', reason: 'our-request', mayResend: false },
    ],
    ['a final code under 500', answer(500, bare(collected('1003'))), { kind: 'unknown' }],
    [
      'a limit',
      answer(200, bare(collected('1003'))),
      { kind: 'refused', reason: 'over-limit', mayResend: false },
    ],
    [
      'a signature mismatch after the remedy',
      answer(403, bare(collected('1026'))),
      { kind: 'refused', reason: 'our-credentials', mayResend: true },
    ],
    ['not found', answer(200, bare(collected('1025'))), { kind: 'unknown' }],
  ])('%s', (_name, exchange, expected) => {
    expect(promptSubmissionOf(exchange, id)).toMatchObject(expected);
  });
});

describe('asking about a prompt', () => {
  const paid = { airtel_money_id: 'MP260301.1234.L06941', id, message: 'success', status: 'TS' };

  it('is paid by its status, whatever else the envelope says', () => {
    const json = withTransaction(paid, { ...collected('1006'), success: false });
    expect(promptVerdictOf(answer(200, json), id)).toEqual({
      kind: 'paid',
      code: 'TS',
      description: 'success',
      receipt: 'MP260301.1234.L06941',
      raw: JSON.stringify(json),
    });
  });

  const failed = { id, message: 'FAILED', status: 'TF' };
  it.each([
    [
      'TS without receipt',
      answer(200, withTransaction({ id, status: 'TS' }, {})),
      { kind: 'unknown' },
    ],
    ['TS under 502', answer(502, withTransaction(paid, {})), { kind: 'unknown' }],
    [
      'TS of another',
      answer(200, withTransaction({ ...paid, id: 'OTHER' }, {})),
      { kind: 'unknown' },
    ],
    [
      'TS beside “not found”',
      answer(200, withTransaction(paid, collected('1025'))),
      { kind: 'paid' },
    ],
    [
      'PIN not entered',
      answer(200, withTransaction(failed, collected('1005'))),
      { kind: 'failed', code: 'DP00800001005', description: 'FAILED', reason: 'no-response' },
    ],
    [
      'wrong PIN',
      answer(200, withTransaction(failed, collected('1002'))),
      { kind: 'failed', reason: 'wrong-pin' },
    ],
    [
      'timed out',
      answer(200, withTransaction(failed, collected('1024'))),
      { kind: 'failed', code: 'DP00800001024', reason: 'no-response' },
    ],
    [
      'failed beside “in process”',
      answer(200, withTransaction(failed, collected('1006'))),
      { kind: 'failed', code: 'TF', reason: 'other' },
    ],
    [
      'expired',
      answer(200, withTransaction({ id, status: 'TE' }, collected('1029'))),
      { kind: 'failed', code: 'TE', reason: 'expired' },
    ],
    ['in progress', answer(200, withTransaction({ id, status: 'TIP' }, {})), { kind: 'pending' }],
    ['ambiguous', answer(200, withTransaction({ id, status: 'TA' }, {})), { kind: 'unknown' }],
    [
      'another word',
      answer(200, withTransaction({ id, status: 'SUCCESS' }, {})),
      { kind: 'unknown' },
    ],
    ['a final code alone', answer(200, bare(collected('1002'))), { kind: 'unknown' }],
    ['not found', answer(200, bare(collected('1025'))), { kind: 'not-found' }],
    ['not found, old code', answer(400, bare({ result_code: 'ESB000045' })), { kind: 'not-found' }],
    ['not found under 500', answer(500, bare(collected('1025'))), { kind: 'unknown' }],
    ['a path not found', answer(404, undefined), { kind: 'unknown' }],
    ['429', answer(429, undefined), { kind: 'unknown' }],
    ['nothing', answer(200, undefined), { kind: 'unknown' }],
  ])('%s', (_name, exchange, expected) => {
    expect(promptVerdictOf(exchange, id)).toMatchObject(expected);
  });

  it.each(unansweredRows)('%s teaches nothing', (_name, exchange) => {
    expect(promptVerdictOf(exchange, id).kind).toBe('unknown');
  });
});

describe('submitting a payout', () => {
  it.each(unansweredRows)('%s', (_name, exchange, expected) => {
    expect(payoutSubmissionOf(exchange, id)).toMatchObject(expected);
  });

  it.each(gatewayRows)('HTTP %s with %j', (status, json, expected) => {
    expect(payoutSubmissionOf(answer(status, json), id)).toMatchObject(expected);
  });

  it('settles at once, with the wallet’s own transaction id', () => {
    const transaction = {
      reference_id: 'CI250506.1824.H00006',
      airtel_money_id: `disbursement-PARTNER-${id}`,
      id,
      status: 'TS',
    };
    const json = withTransaction(transaction, paidOut('1001'));
    expect(payoutSubmissionOf(answer(200, json), id)).toEqual({
      kind: 'completed',
      receipt: 'CI250506.1824.H00006',
      completedAt: undefined,
      raw: JSON.stringify(json),
    });
    const older = withTransaction({ airtel_money_id: 'CI1', id, status: 'TS' }, paidOut('1001'));
    expect(payoutSubmissionOf(answer(200, older), id)).toMatchObject({ receipt: 'CI1' });
  });

  const refusedAs = (reason: string) => ({ kind: 'refused', reason, mayResend: false });
  const duplicate = { kind: 'unknown', cause: 'duplicate own id' };
  const accepted = { kind: 'accepted', providerRequestId: id };
  it.each([
    ['TS without ids', answer(200, withTransaction({ id, status: 'TS' }, {})), { kind: 'unknown' }],
    ['TS under 504', answer(504, withTransaction({ id, status: 'TS' }, {})), { kind: 'unknown' }],
    [
      'TS of another',
      answer(200, withTransaction({ id: 'X', status: 'TS' }, {})),
      { kind: 'unknown' },
    ],
    ['in progress', answer(200, withTransaction({ id, status: 'TIP' }, {})), accepted],
    ['in process, no status', answer(200, withTransaction({ id }, paidOut('1006'))), accepted],
    ['in process, no data', answer(200, bare(paidOut('1006'))), accepted],
    ['ambiguous', answer(200, bare(paidOut('1000'))), { kind: 'unknown' }],
    ['success, no status', answer(200, bare(paidOut('1001'))), { kind: 'unknown' }],
    [
      'TA',
      answer(200, withTransaction({ id, status: 'TA' }, paidOut('1001'))),
      { kind: 'unknown' },
    ],
    ['timed out', answer(200, bare(paidOut('1014'))), { kind: 'unknown' }],
    ['an unknown code', answer(200, bare(paidOut('1088'))), { kind: 'unknown' }],
    ['failed, no status', answer(200, bare(paidOut('1005'))), { kind: 'unknown' }],
    ['duplicate, v2', answer(200, bare({ ...paidOut('1011'), result_code: '521050' })), duplicate],
    ['duplicate, v3', answer(200, bare(paidOut('1017'))), duplicate],
    ['our float', answer(200, bare(paidOut('1007'))), refusedAs('our-float')],
    ['the payee unknown', answer(200, bare(paidOut('1012'))), refusedAs('payer-not-registered')],
    ['wrong PIN', answer(200, bare(paidOut('1002'))), refusedAs('our-credentials')],
    ['wrong PIN, router', answer(400, { status_code: 'ROUTER115' }), refusedAs('our-credentials')],
    ['PIN undecryptable', answer(200, { status_code: 'ROUTER114' }), refusedAs('our-credentials')],
    ['PIN under 500', answer(500, { status_code: 'ROUTER116' }), refusedAs('our-credentials')],
    [
      'TF with a reason',
      answer(200, withTransaction({ id, status: 'TF' }, paidOut('1003'))),
      refusedAs('over-limit'),
    ],
    [
      'TF without one',
      answer(200, withTransaction({ id, status: 'TF' }, paidOut('1005'))),
      { kind: 'unknown' },
    ],
  ])('%s', (_name, exchange, expected) => {
    expect(payoutSubmissionOf(exchange, id)).toMatchObject(expected);
  });
});

describe('validation replies observed in Zambia', () => {
  const invalid = (message: string, codes: Readonly<Record<string, unknown>>) => ({
    status: { code: '400', message, success: false, ...codes },
  });
  const amountText =
    'Invalid Amount: The amount must not be null or blank, should contain only numeric ' +
    'characters, be greater than zero, and have a limited number of decimal places';

  it.each([
    [
      'no X-Country',
      answer(400, { status_message: 'Partner 7 not found', status_code: 'ROUTER110' }),
    ],
    ['X-Country too long', answer(400, invalid('Invalid Country Code', paidOut('1013')))],
    [
      'no X-Currency',
      answer(200, invalid("Missing request header 'x-wallet-id'", { result_code: 'ESB000008' })),
    ],
    ['empty currency', answer(200, invalid('Invalid/Missing Currency', paidOut('1013')))],
    [
      'MSISDN not 9 long',
      answer(200, invalid('Invalid Msisdn Length', { ...paidOut('1013'), result_code: '521002' })),
    ],
    [
      'bad amount',
      answer(200, invalid(amountText, { ...paidOut('1004'), result_code: 'ESB000008' })),
    ],
    ['no pin', answer(200, invalid('Missing header/body params', paidOut('1013')))],
    ['wrong content type', answer(415, undefined)],
  ])('%s: refused as our request', (_name, exchange) => {
    expect(payoutSubmissionOf(exchange, id)).toMatchObject({
      kind: 'refused',
      reason: 'our-request',
      mayResend: false,
    });
  });

  it('duplicate own id: unknown', () => {
    const json = invalid('Duplicate exttRID', { ...paidOut('1011'), result_code: '521050' });
    expect(payoutSubmissionOf(answer(200, json), id)).toEqual({
      kind: 'unknown',
      cause: 'duplicate own id',
    });
  });

  it('unknown mobile: refused', () => {
    const json = invalid('No such mobile', paidOut('1012'));
    expect(payoutSubmissionOf(answer(200, json), id)).toMatchObject({
      kind: 'refused',
      reason: 'payer-not-registered',
    });
  });
});

describe('asking about a payout', () => {
  it.each([
    [
      'done, with the documented fields only',
      withTransaction({ id, message: 'ok', status: 'TS' }, paidOut('1001')),
      { kind: 'completed', receipt: id },
    ],
    [
      'done, with the wallet’s id',
      withTransaction({ id, reference_id: 'CI1', status: 'TS' }, paidOut('1001')),
      { kind: 'completed', receipt: 'CI1' },
    ],
    [
      'failed',
      withTransaction({ id, status: 'TF' }, paidOut('1007')),
      { kind: 'failed', code: 'DP00900001007', reason: 'our-float' },
    ],
    ['in progress', withTransaction({ id, status: 'TIP' }, {}), { kind: 'pending' }],
    ['ambiguous', withTransaction({ id, status: 'TA' }, {}), { kind: 'unknown' }],
    ['not found', bare(paidOut('1015')), { kind: 'not-found' }],
    ['not found, old code', bare({ result_code: 'ESB000045' }), { kind: 'not-found' }],
    ['of another', withTransaction({ id: 'X', status: 'TS' }, {}), { kind: 'unknown' }],
  ])('%s', (_name, json, expected) => {
    expect(payoutVerdictOf(answer(200, json), id)).toMatchObject(expected);
  });
});

describe('the balance', () => {
  const data = { balance: '37,600.00', currency: 'KES', account_status: 'Active' };
  const good = statusOf({ response_code: 'DP02100000001', success: false });

  it('comes as text with commas', () => {
    expect(balanceOf(answer(200, { data, status: good }), 'KES')).toEqual({
      kind: 'reported',
      accounts: [{ name: 'wallet', availableMinor: 3_760_000n }],
    });
  });

  it.each([
    ['in another currency', answer(200, { data: { ...data, currency: 'UGX' }, status: good })],
    ['unreadable', answer(200, { data: { ...data, balance: 'plenty' }, status: good })],
    ['failed', answer(200, { data, status: statusOf({ response_code: 'DP02100000000' }) })],
    ['absent', answer(200, { data: false, status: good })],
    ['behind a gateway', answer(502, { data, status: good })],
  ])('%s is unknown', (_name, exchange) => {
    expect(balanceOf(exchange, 'KES').kind).toBe('unknown');
  });
});

describe('a row of the summary', () => {
  const transaction = {
    airtel_money_id: 'MP260301.1234.L06941',
    amount: '1,500.00',
    created_at: 1_772_357_640,
    id: 'TXN0001',
    reference_number: 'INV001',
    status: 'TS',
  };
  const row = {
    charges: { service: 0 },
    payee: { currency: 'KES', msisdn: 733000000, name: 'SHOP' },
    payer: { currency: 'KES', msisdn: 733123456, name: 'A CUSTOMER' },
    service: { type: 'MERCHPAY' },
    transaction,
  };

  it('is a payment', () => {
    expect(listedPaymentOf(row, 'KES')).toEqual({
      receipt: 'MP260301.1234.L06941',
      amountMinor: 1_500_00n,
      occurredAt: 1_772_357_640_000,
      accountReference: 'INV001',
      ownId: 'TXN0001',
      payer: '733123456',
      raw: JSON.stringify(row),
    });
  });

  it('may have no id of ours, and its time in Airtel’s id only', () => {
    const changed = { ...row, transaction: { ...transaction, id: '', created_at: 'noon' } };
    expect(listedPaymentOf(changed, 'KES')).toMatchObject({
      ownId: undefined,
      occurredAt: Date.UTC(2026, 2, 1, 9, 34, 0),
    });
  });

  it.each([
    ['cash-in', { ...row, service: { type: 'CASHIN' } }, 'elsewhere'],
    ['cash-in without more', { service: { type: 'CASHIN' } }, 'elsewhere'],
    ['failed', { ...row, transaction: { ...transaction, status: 'TF' } }, 'elsewhere'],
    ['in progress', { ...row, transaction: { ...transaction, status: 'TIP' } }, 'elsewhere'],
    ['no type', { ...row, service: {} }, 'unreadable'],
    ['no transaction', { ...row, transaction: false }, 'unreadable'],
    ['no receipt', { ...row, transaction: { ...transaction, airtel_money_id: '' } }, 'unreadable'],
    ['no amount', { ...row, transaction: { ...transaction, amount: null } }, 'unreadable'],
    ['nothing paid', { ...row, transaction: { ...transaction, amount: 0 } }, 'unreadable'],
    ['another currency', { ...row, payer: { currency: 'UGX' } }, 'unreadable'],
    [
      'no time',
      { ...row, transaction: { ...transaction, airtel_money_id: 'X1', created_at: null } },
      'unreadable',
    ],
    ['text', 'row', 'unreadable'],
  ])('%s is %s', (_name, json, expected) => {
    expect(listedPaymentOf(json, 'KES')).toBe(expected);
  });
});
