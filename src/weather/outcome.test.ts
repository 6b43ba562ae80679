import { describe, expect, it } from 'vitest';

import type { Refused } from '#rails';

import { isUnheard, outcomeOf, pauseAfterUnheard } from './outcome.ts';

const refusal = (more: Partial<Refused>): Refused => ({
  kind: 'refused',
  code: '500.003.02',
  description: '',
  reason: 'provider-down',
  mayResend: true,
  ...more,
});

describe('a cause is of nobody answering', () => {
  it.each([
    'breaker-open',
    'timeout',
    'connection broke',
    'connection reset',
    'ECONNRESET',
    'EPIPE',
    'UND_ERR_SOCKET',
    'CERT_HAS_EXPIRED',
    'HTTP 500',
    'HTTP 502',
    'HTTP 503, code 500.003.02',
    'HTTP 429, code 429',
    'HTTP 504, no status',
    'HTTP 500 without a JSON object',
    'no token: timeout',
    'access token refused, code 404.001.03',
    'Airtel refused our credentials, code invalid_token',
    'the question was refused: not-sent ECONNREFUSED',
    'the question was refused: 500.003.02 Error Occurred: Spike Arrest Violation',
    'no encryption key: HTTP 500',
  ])('%s', (cause) => {
    expect(isUnheard({ kind: 'unknown', cause })).toBe(true);
  });
});

describe('a cause is of an answer that says nothing', () => {
  it.each([
    'HTTP 500, code 500.001.1001',
    'HTTP 200 without a JSON object',
    'HTTP 400, code 400.002.02',
    'M-Pesa gave no id to ask by; its callback or list will tell',
    'result code 4711',
    'an answer about another prompt',
    'duplicate own id',
    'status TF, to be confirmed',
    'the question was refused: 2001 invalid',
  ])('%s', (cause) => {
    expect(isUnheard({ kind: 'unknown', cause })).toBe(false);
  });
});

describe('what a call came to', () => {
  const well = { kind: 'ok', code: undefined, unheard: false, credentials: 'taken' };
  it.each([
    [{ kind: 'accepted' } as const, well],
    [{ kind: 'failed' } as const, well],
    [{ kind: 'not-found' } as const, well],
    [refusal({}), { kind: 'refused', code: '500.003.02', unheard: true, credentials: 'taken' }],
    [refusal({ reason: 'busy' }), { kind: 'refused', unheard: false }],
    [refusal({ reason: 'our-float' }), { kind: 'our-fault', unheard: false }],
    [refusal({ reason: 'our-request', mayResend: false }), { kind: 'our-fault' }],
    [
      refusal({ reason: 'our-credentials' }),
      { kind: 'our-fault', unheard: false, credentials: 'refused' },
    ],
    [
      refusal({ reason: 'our-credentials', mayResend: false }),
      { kind: 'our-fault', credentials: 'refused-for-good' },
    ],
    [
      { kind: 'unknown', cause: 'timeout' } as const,
      { kind: 'unknown', code: 'timeout', unheard: true, credentials: 'taken' },
    ],
    [{ kind: 'unknown', cause: 'result code 1' } as const, { kind: 'unknown', unheard: false }],
  ])('%j', (answer, outcome) => {
    expect(outcomeOf(answer)).toMatchObject(outcome);
  });
});

it.each([
  [0, 5_000],
  [30_000, 15_000],
  [3_600_000, 60_000],
  [3 * 86_400_000, 60_000],
  [3 * 86_400_000 + 1, undefined],
])('unheard after %i ms, it is asked again in %s', (ageMs, pauseMs) => {
  expect(pauseAfterUnheard(ageMs)).toBe(pauseMs);
});
