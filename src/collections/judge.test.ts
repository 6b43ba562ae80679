import { describe, expect, it } from 'vitest';

import {
  firstBusinessId,
  idFromNumber,
  parseMsisdn,
  shillings,
  invariant,
  type Msisdn,
} from '#kernel';
import { isPayable, type Charge, type ChargeState } from '#billing';
import type { PromptResult } from '#rails';

import {
  believableTime,
  judgePromptResult,
  payerForPeople,
  place,
  plainText,
  referenceOf,
  type Money,
} from './judge.ts';
import type { Prompt } from './prompts/prompt.ts';
import { byHand, stkFailed, stkPaid } from './test-kit.ts';

const numberOf = (text: string): Msisdn => {
  const parsed = parseMsisdn(text);
  invariant(parsed.ok, 'a number');
  return parsed.value;
};
const msisdn = numberOf('0712345678');

const prompt: Prompt = {
  id: idFromNumber('prompt', 1n),
  chargeId: idFromNumber('charge', 2n),
  rail: 'mpesa',
  ownId: 'QP1',
  state: 'accepted',
  providerRequestId: 'ws_CO_1',
  providerTraceId: undefined,
  amountMinor: shillings(500),
  code: undefined,
  reason: undefined,
  plannedAt: 0,
  settledAt: undefined,
  queries: 0,
  failedAnswers: 0,
};
const unanswered: Prompt = { ...prompt, state: 'sending', providerRequestId: undefined };
const unclear: PromptResult = {
  kind: 'prompt-result',
  code: '17',
  description: '',
  providerRequestId: 'ws_CO_1',
  providerTraceId: undefined,
  verdict: 'unknown',
};

describe('a callback about a prompt', () => {
  it.each<[string, Partial<Parameters<typeof judgePromptResult>[0]>, string]>([
    ['everything equal', {}, 'pay'],
    ['a forged address', { authentic: false }, 'forged-address'],
    ['a forged address and no prompt', { authentic: false, prompt: undefined }, 'forged-address'],
    ['money for a prompt that is not there', { prompt: undefined }, 'no-such-prompt'],
    [
      'a refusal of a prompt that is not there',
      { prompt: undefined, event: stkFailed() },
      'no-such-prompt',
    ],
    [
      'another request id',
      { event: stkPaid({ providerRequestId: 'ws_CO_2' }) },
      'other-request-id',
    ],
    [
      'a refusal with another id',
      { event: stkFailed({ providerRequestId: 'x' }) },
      'other-request-id',
    ],
    ['a refusal', { event: stkFailed() }, 'fail'],
    ['a refusal before the answer', { event: stkFailed(), prompt: unanswered }, 'fail'],
    ['no clear word', { event: unclear }, 'ask'],
    ['money before the answer', { prompt: unanswered }, 'answer-not-in-yet'],
    ['another amount', { event: stkPaid({ amountMinor: 1n }) }, 'amount-differs'],
    ['another payer', { event: stkPaid({ payer: '254799999999' }) }, 'payer-differs'],
    ['a masked payer', { event: stkPaid({ payer: '2547*****678' }) }, 'pay'],
    ['no payer', { event: stkPaid({ payer: undefined }) }, 'pay'],
    ['a charge without a number', { msisdn: undefined }, 'pay'],
  ])('%s', (_, more, expected) => {
    const event: PromptResult = stkPaid();
    const judged = judgePromptResult({ event, authentic: true, prompt, msisdn, ...more });
    expect('why' in judged ? judged.why : judged.kind).toBe(expected);
  });
});

const charge = (state: ChargeState): Charge => ({
  id: idFromNumber('charge', 2n),
  businessId: firstBusinessId,
  state,
  streamId: 'ai-services',
  rail: 'mpesa',
  amountMinor: shillings(500),
  reference: 'BCDF1234',
  description: 'AI services',
  msisdn,
  consent: undefined,
  paymentId: undefined,
  reason: undefined,
  createdBy: 'engine:test',
  createdAt: 0,
  expiresAt: 0,
});
const money = (more: Partial<Money> = {}): Money => ({
  rail: 'mpesa',
  receipt: 'RCPT1',
  amountMinor: shillings(500),
  accountReference: 'BCDF1234',
  payer: undefined,
  payerName: undefined,
  occurredAt: 0,
  ...more,
});

describe('where money belongs', () => {
  it.each<[ChargeState, string]>([
    ['open', 'charge'],
    ['prompting', 'charge'],
    ['prompted', 'charge'],
    ['declined', 'charge'],
    ['expired', 'charge'],
    ['unknown', 'charge'],
    ['paid', 'duplicate-payment'],
  ])('a charge that is %s', (state, expected) => {
    const placed = place(money(), charge(state), isPayable);
    expect(placed.kind === 'suspense' ? placed.why : placed.kind).toBe(expected);
  });

  it.each([
    [' a-i ', 'stream'],
    ['rent?', 'unknown-reference'],
    ['', 'unknown-reference'],
  ])('the reference %j', (accountReference, expected) => {
    const placed = place(money({ accountReference }), undefined, isPayable);
    expect(placed.kind === 'suspense' ? placed.why : placed.kind).toBe(expected);
  });
});

it('another amount than the charge asked for waits', () => {
  const placed = place(money({ amountMinor: 1n }), charge('open'), isPayable);
  expect(placed).toMatchObject({ kind: 'suspense', why: 'underpaid' });
});

it.each([
  [undefined, 1_000],
  [1_000 + 5 * 60_000, 1_000 + 5 * 60_000],
  [1_001 + 5 * 60_000, 1_000],
  [0, 0],
])('a time of %s heard at 1000 is taken as %s', (said, expected) => {
  expect(believableTime(said, 1_000)).toBe(expected);
});

it('keeps what payers type from breaking a column', () => {
  expect(plainText(`a\u0000b\n${'x'.repeat(100)}`)).toBe(`ab${'x'.repeat(62)}`);
  expect(plainText(`${'x'.repeat(63)}😀`)).toBe(`${'x'.repeat(63)}\uFFFD`);
  expect(referenceOf(byHand({ accountReference: ' bcdf-1234 ' }))).toBe('BCDF1234');
});

it.each([
  [undefined, undefined],
  ['254712345678', '2547•••••678'],
  ['2547*****678', '2547*****678'],
])('shows the payer %s as %s', (payer, shown) => {
  expect(payerForPeople(payer)).toBe(shown);
});
