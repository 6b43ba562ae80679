import { describe, expect, it } from 'vitest';
import { createVirtualClock, parseMsisdn, shillings } from '#kernel';
import type { HttpLine, HttpOutcome, HttpRequest } from '../http.ts';
import type { PayoutRequest, PromptRequest, Rail } from '../rail.ts';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import type { MpesaConfig } from './config.ts';
import { createMpesaRail } from './service.ts';
import { config as paybill } from './test-kit.ts';

const config: MpesaConfig = {
  ...paybill,
  nominatedNumber: '254722000000',
  pullCallbackUrl: 'https://pay.example/p',
};
// 2020-08-05 12:00 in Nairobi.
const now = Date.UTC(2020, 7, 5, 9);

const says = (body: unknown, status = 200): HttpOutcome => ({
  kind: 'answer',
  status,
  body: JSON.stringify(body),
});
const rejects = (status: number, errorCode: string, errorMessage = ''): HttpOutcome =>
  says({ requestId: '1', errorCode, errorMessage }, status);
const html = (status: number): HttpOutcome => ({ kind: 'answer', status, body: '<html>' });
const lost: HttpOutcome = { kind: 'lost', cause: 'timeout' };
const notSent: HttpOutcome = { kind: 'not-sent', cause: 'ECONNREFUSED' };

/** A rail at the end of a line that answers, in order, what it is told. */
function createScene(answers: readonly HttpOutcome[], changes: Partial<MpesaConfig> = {}) {
  const sent: HttpRequest[] = [];
  const line: HttpLine = {
    send: async (request) => {
      if (request.url.includes('/oauth/')) return says({ access_token: 'T', expires_in: '3599' });
      sent.push(request);
      return answers[sent.length - 1] ?? lost;
    },
  };
  const clock = createVirtualClock(now);
  const tokens = createMemoryTokenKeeper({ clock });
  const rail = createMpesaRail({ config: { ...config, ...changes }, line, tokens, clock });
  return { rail, sent, bodyOf: (n: number): unknown => JSON.parse(sent[n]?.body ?? 'null') };
}

const phone = parseMsisdn('254708374149');
if (!phone.ok) throw new Error('not a number');
const callbacks = { resultUrl: 'https://pay.example/r', timeoutUrl: 'https://pay.example/t' };
const prompt: PromptRequest = {
  ownId: 'pr_1',
  msisdn: phone.value,
  amountMinor: shillings(1),
  reference: 'INV-1',
  description: 'Internet',
  callbackUrl: 'https://pay.example/s',
};
const payout: PayoutRequest = {
  ownId: 'tr_1',
  msisdn: phone.value,
  amountMinor: shillings(10),
  remarks: 'Drawings',
  callbacks,
};

const promptAck = {
  MerchantRequestID: '29115-34620561-1',
  CheckoutRequestID: 'ws_CO_1',
  ResponseCode: '0',
  ResponseDescription: 'Success. Request accepted for processing',
  CustomerMessage: 'Success. Request accepted for processing',
};
const operatorAck = {
  ConversationID: 'AG_1',
  OriginatorConversationID: 'tr_1',
  ResponseCode: '0',
  ResponseDescription: 'Accept the service request successfully.',
};

/** What every call that moves money must make of the same trouble. */
const trouble: readonly (readonly [string, HttpOutcome, object])[] = [
  ['no connection', notSent, { kind: 'refused', reason: 'provider-down', mayResend: true }],
  ['a time-out', lost, { kind: 'unknown', cause: 'timeout' }],
  ['HTML 502', html(502), { kind: 'unknown', cause: 'HTTP 502' }],
  ['HTML 200', html(200), { kind: 'unknown', cause: 'HTTP 200 without a JSON object' }],
  ['HTML 403', html(403), { kind: 'unknown', cause: 'HTTP 403' }],
  ['a redirect', html(302), { kind: 'unknown', cause: 'HTTP 302' }],
  ['emptiness', { kind: 'answer', status: 200, body: '' }, { kind: 'unknown' }],
  ['an empty object', says({}), { kind: 'unknown', cause: 'an answer that cannot be read' }],
  ['a list', says([]), { kind: 'unknown' }],
  ['429', html(429), { kind: 'refused', code: '429', reason: 'provider-down', mayResend: true }],
  [
    'a spike arrest',
    rejects(500, '500.003.02', 'Spike Arrest Violation'),
    { kind: 'refused', code: '500.003.02', description: 'Spike Arrest Violation', mayResend: true },
  ],
  ['the quota', rejects(500, '500.003.03'), { kind: 'refused', mayResend: true }],
  [
    'a bad field',
    rejects(400, '400.002.02', 'Bad Request - Invalid Amount'),
    { kind: 'refused', reason: 'our-request', mayResend: false },
  ],
  [
    'a bad field under HTTP 200',
    rejects(200, '400.002.02'),
    { kind: 'refused', reason: 'our-request', mayResend: false },
  ],
  ['no such address', rejects(404, '404.001.01'), { kind: 'refused', mayResend: false }],
  [
    'an internal error',
    rejects(500, '500.003.1001', 'Internal Server Error'),
    { kind: 'unknown', cause: 'HTTP 500, code 500.003.1001' },
  ],
  ['maintenance', rejects(503, '00.002.1001'), { kind: 'unknown' }],
  ['a new code', rejects(400, '777'), { kind: 'unknown', cause: 'HTTP 400, code 777' }],
];

describe('sending a prompt', () => {
  it('is accepted, not paid', async () => {
    const { rail, sent } = createScene([says(promptAck)]);
    expect(await rail.sendPrompt(prompt)).toEqual({
      kind: 'accepted',
      providerRequestId: 'ws_CO_1',
      providerTraceId: '29115-34620561-1',
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://daraja.invalid/mpesa/stkpush/v1/processrequest',
    });
  });

  it.each(trouble)('%s', async (_, outcome, word) => {
    const { rail, sent } = createScene([outcome]);
    expect(await rail.sendPrompt(prompt)).toMatchObject(word);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['Merchant does not exist', 'our-credentials'],
    ['[MerchantValidate] - Wrong credentials', 'our-credentials'],
    [
      'Unable to lock subscriber, a transaction is already in process for the current subscriber',
      'busy',
    ],
  ])('500.001.1001 “%s” made no prompt', async (text, reason) => {
    const { rail } = createScene([rejects(500, '500.001.1001', text)]);
    const word = { kind: 'refused', code: '500.001.1001', reason, mayResend: false };
    expect(await rail.sendPrompt(prompt)).toMatchObject(word);
  });

  it.each(['', 'The transaction is being processed', 'System internal error.'])(
    '500.001.1001 “%s” says nothing',
    async (text) => {
      const { rail } = createScene([rejects(200, '500.001.1001', text)]);
      expect(await rail.sendPrompt(prompt)).toMatchObject({ kind: 'unknown' });
    },
  );

  it('with another response code is unknown', async () => {
    const { rail } = createScene([says({ ...promptAck, ResponseCode: '1' })]);
    expect(await rail.sendPrompt(prompt)).toEqual({ kind: 'unknown', cause: 'response code 1' });
  });

  it('of half a shilling sends nothing', async () => {
    const { rail, sent } = createScene([]);
    expect(await rail.sendPrompt({ ...prompt, amountMinor: 50n })).toMatchObject({
      kind: 'refused',
      reason: 'our-request',
    });
    expect(sent).toHaveLength(0);
  });
});

describe('asking about a prompt', () => {
  const reference = { ownId: 'pr_1', providerRequestId: 'ws_CO_1' };
  const answer = (ResultCode: unknown, changes: object = {}) =>
    says({ ...promptAck, ResultCode, ResultDesc: 'text', ...changes });

  it.each(['0', 0])('code %j is paid, receipt to follow', async (code) => {
    const { rail } = createScene([answer(code)]);
    const verdict = await rail.queryPrompt(reference);
    expect(verdict).toMatchObject({ kind: 'paid', code: '0', receipt: undefined });
    expect(verdict.kind === 'paid' && JSON.parse(verdict.raw)).toMatchObject(promptAck);
  });

  it.each([
    ['1032', { kind: 'failed', reason: 'payer-cancelled' }],
    [1037, { kind: 'failed', reason: 'no-response' }],
    ['2001', { kind: 'failed', reason: 'wrong-pin' }],
    ['1', { kind: 'failed', reason: 'insufficient-funds' }],
    // Asked and answered: what a callback leaves open is settled here.
    ['17', { kind: 'failed', reason: 'busy' }],
    ['1036', { kind: 'failed', reason: 'other' }],
    ['SFC_IC0003', { kind: 'failed', reason: 'our-request' }],
    ['4999', { kind: 'pending' }],
    [4999, { kind: 'pending' }],
    ['1031', { kind: 'unknown', cause: 'result code 1031' }],
    ['31337', { kind: 'unknown', cause: 'result code 31337' }],
  ])('code %j', async (code, verdict) => {
    const { rail } = createScene([answer(code)]);
    expect(await rail.queryPrompt(reference)).toMatchObject(verdict);
  });

  it.each([
    ['HTTP 500, code', rejects(500, '500.001.1001', 'The transaction does not Exist')],
    ['HTTP 200, code', rejects(200, '500.001.1001')],
    ['HTTP 400, code', rejects(400, '400.002.02')],
    ['HTTP 500, code', rejects(500, '500.003.02')],
    ['timeout', lost],
    ['ECONNREFUSED', notSent],
    ['HTTP 504', html(504)],
    ['HTTP 200 without', html(200)],
    ['cannot be read', says({ ...promptAck })],
    ['response code 1', answer('0', { ResponseCode: '1' })],
    ['another prompt', answer('0', { CheckoutRequestID: 'ws_CO_2' })],
  ])('%s …: nothing is learned', async (cause, outcome) => {
    const { rail } = createScene([outcome]);
    const verdict = await rail.queryPrompt(reference);
    expect(verdict.kind).toBe('unknown');
    expect(verdict.kind === 'unknown' && verdict.cause).toContain(cause);
  });

  it('without an id asks nobody', async () => {
    const { rail, sent } = createScene([]);
    const verdict = await rail.queryPrompt({ ownId: 'pr_1', providerRequestId: undefined });
    expect(verdict.kind).toBe('unknown');
    expect(sent).toHaveLength(0);
  });
});

describe('paying out', () => {
  it('is accepted under our own id', async () => {
    const { rail, sent, bodyOf } = createScene([says(operatorAck)]);
    expect(await rail.sendPayout(payout)).toEqual({ kind: 'accepted', providerRequestId: 'AG_1' });
    expect(sent[0]?.url).toBe('https://daraja.invalid/mpesa/b2c/v3/paymentrequest');
    expect(bodyOf(0)).toMatchObject({ OriginatorConversationID: 'tr_1', Amount: 10 });
    expect(sent[0]?.body).not.toContain('Safaricom999');
  });

  it.each(trouble)('%s', async (_, outcome, word) => {
    const { rail, sent } = createScene([outcome]);
    expect(await rail.sendPayout(payout)).toMatchObject(word);
    expect(sent).toHaveLength(1);
  });

  it.each(['Duplicate OriginatorConversationID.', 'System internal error.', ''])(
    '500.002.1001 “%s”: the first one may exist',
    async (text) => {
      const { rail } = createScene([rejects(500, '500.002.1001', text)]);
      expect((await rail.sendPayout(payout)).kind).toBe('unknown');
    },
  );

  it('500.001.1001 concludes nothing here, whatever its text', async () => {
    const { rail } = createScene([rejects(500, '500.001.1001', 'Merchant does not exist')]);
    expect((await rail.sendPayout(payout)).kind).toBe('unknown');
  });

  it('by v3 where only v1 may says what to change', async () => {
    const text = 'You are not authorized to initiate this transaction.';
    const { rail } = createScene([rejects(403, '403.002.1001', text)]);
    const word = await rail.sendPayout(payout);
    expect(word).toMatchObject({ kind: 'refused', reason: 'our-request', mayResend: false });
    expect(word.kind === 'refused' && word.description).toMatch(/^You are not .+ v1 /);
  });

  it('by v1 goes without our id', async () => {
    const { rail, sent, bodyOf } = createScene([says(operatorAck)], { payoutVersion: 'v1' });
    expect((await rail.sendPayout(payout)).kind).toBe('accepted');
    expect(sent[0]?.url).toContain('/mpesa/b2c/v1/');
    expect(bodyOf(0)).not.toHaveProperty('OriginatorConversationID');
  });

  it('without an operator is refused before anything is sent', async () => {
    const none = {
      initiatorName: undefined,
      initiatorPassword: undefined,
      securityKeyPem: undefined,
    };
    const { rail, sent } = createScene([], none);
    expect(await rail.sendPayout(payout)).toMatchObject({ kind: 'refused', mayResend: false });
    expect(await rail.queryBalance(callbacks)).toMatchObject({ kind: 'refused' });
    const reference = { ownId: 'tr_1', providerRequestId: undefined, callbacks };
    expect((await rail.queryPayout(reference)).kind).toBe('unknown');
    expect(rail.receiptLookup).toBeUndefined();
    expect(sent).toHaveLength(0);
  });
});

describe('questions by callback', () => {
  const asks: readonly (readonly [
    string,
    (rail: Rail) => Promise<{ kind: string } | undefined>,
  ])[] = [
    [
      'a payout',
      (rail) => rail.queryPayout({ ownId: 'tr_1', providerRequestId: undefined, callbacks }),
    ],
    ['the balance', (rail) => rail.queryBalance(callbacks)],
    ['a receipt', async (rail) => rail.receiptLookup?.ask({ receipt: 'SG632NMUAB', callbacks })],
  ];

  it.each(asks)('about %s are asked', async (_, ask) => {
    expect(await ask(createScene([says(operatorAck)]).rail)).toEqual({ kind: 'asked' });
  });

  it.each(asks)('about %s that get lost are unknown', async (_, ask) => {
    expect((await ask(createScene([lost]).rail))?.kind).toBe('unknown');
  });

  it('ask by our own id, and in v1 by the provider’s', async () => {
    const reference = { ownId: 'tr_1', providerRequestId: 'AG_1', callbacks };
    const v3 = createScene([says(operatorAck)]);
    await v3.rail.queryPayout(reference);
    expect(v3.bodyOf(0)).toMatchObject({ OriginalConversationID: 'tr_1' });
    const v1 = createScene([says(operatorAck)], { payoutVersion: 'v1' });
    await v1.rail.queryPayout(reference);
    expect(v1.bodyOf(0)).toMatchObject({ OriginalConversationID: 'AG_1' });
    const nothing = { ...reference, providerRequestId: undefined };
    expect((await v1.rail.queryPayout(nothing)).kind).toBe('unknown');
    expect(v1.sent).toHaveLength(1);
  });

  it('a refused question leaves the payout unknown', async () => {
    const { rail } = createScene([rejects(400, '400.002.02', 'Bad Request')]);
    const reference = { ownId: 'tr_1', providerRequestId: undefined, callbacks };
    expect(await rail.queryPayout(reference)).toEqual({
      kind: 'unknown',
      cause: 'the question was refused: 400.002.02 Bad Request',
    });
  });
});

describe('registering for payer notifications', () => {
  const urls = {
    confirmationUrl: 'https://pay.example/c',
    validationUrl: 'https://pay.example/v',
  };
  const register = (outcome: HttpOutcome) =>
    createScene([outcome]).rail.payerNotifications?.register(urls);

  it.each([
    ['v2', says({ OriginatorCoversationID: '1', ResponseCode: '0', ResponseDescription: 'ok' })],
    ['v1', says({ OriginatorCoversationID: '1', ResponseDescription: 'success' })],
  ])('%s answers registered', async (_, outcome) => {
    expect(await register(outcome)).toEqual({ ok: true, value: 'registered' });
  });

  it('stands already', async () => {
    const outcome = rejects(500, '500.003.1001', 'Urls are already registered.');
    expect(await register(outcome)).toEqual({ ok: true, value: 'already-registered' });
  });

  it.each([
    [rejects(500, '500.003.1001', 'Internal Server Error'), { kind: 'unknown' }],
    [
      rejects(500, '500.003.1001', 'Duplicate notification info, SP ID 1'),
      { kind: 'refused', code: '500.003.1001', reason: 'our-request' },
    ],
    [rejects(400, '400.003.02', 'Bad Request'), { kind: 'refused', reason: 'our-request' }],
    [says({ ResponseCode: '1' }), { kind: 'unknown' }],
    [lost, { kind: 'unknown' }],
  ])('%#: says what went wrong', async (outcome, error) => {
    expect(await register(outcome)).toMatchObject({ ok: false, error });
  });
});

it('tells at start-up what cannot work', () => {
  const start = () => createScene([], { shortCode: 'x', baseUrl: 'y' });
  expect(start).toThrow(/base URL.+short code/);
});
