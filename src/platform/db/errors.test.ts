import { describe, expect, it } from 'vitest';

import { isDatabaseAway, isRetryable } from './errors.ts';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('the database is away', () => {
  it.each([
    '08000',
    '08006',
    '08P01',
    '53100',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '57P04',
    '57P05',
    '58000',
    '58030',
    '25006',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOENT',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ECONNABORTED',
  ])('by code %s', (code) => expect(isDatabaseAway(withCode(code))).toBe(true));

  it.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Client has encountered a connection error and is not queryable',
  ])('by message: %s', (message) => expect(isDatabaseAway(new Error(message))).toBe(true));
});

describe('the statement is at fault', () => {
  it.each([
    '23505',
    '22P02',
    '40001',
    '40P01',
    '42P01',
    '28P01',
    '3D000',
    '57014',
    '58P01',
    'P0001',
    'QM001',
    'QM002',
    'EACCES',
  ])('by code %s', (code) => expect(isDatabaseAway(withCode(code))).toBe(false));

  it.each([
    new Error('x'),
    new TypeError('y'),
    'Connection terminated',
    undefined,
    { code: '08000' },
  ])('or the program: %s', (error) => expect(isDatabaseAway(error)).toBe(false));

  it('even if its text speaks of connections', () => {
    const error = Object.assign(new Error('Connection terminated'), { code: '23505' });
    expect(isDatabaseAway(error)).toBe(false);
  });
});

it.each([
  ['40001', true],
  ['40P01', true],
  ['23505', false],
  ['57P01', false],
  ['ECONNRESET', false],
])('%s may be run again: %s', (code, isSo) => {
  expect(isRetryable(withCode(code))).toBe(isSo);
});
