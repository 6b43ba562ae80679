import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountMinorOf,
  encryptionKeyAnswer,
  nairobiTimeOf,
  readAnswer,
  timeInMoneyId,
  tokenAnswer,
} from './wire.ts';

describe('envelopes', () => {
  it('A, with codes as numbers', () => {
    const json = { data: {}, status: { code: 400, message: 'No', result_code: 521002 } };
    expect(readAnswer(json)).toMatchObject({ message: 'No', codes: { resultCode: '521002' } });
  });

  it('B, from the OAuth layer', () => {
    const json = { error: 'invalid_token', error_description: 'has expired' };
    expect(readAnswer(json)).toMatchObject({
      message: 'has expired',
      codes: { oauthError: 'invalid_token' },
    });
  });

  it('C, from the router', () => {
    const json = { status_message: 'I/O Exception', status_code: 'CONNECTION_TIMEOUT' };
    expect(readAnswer(json)).toMatchObject({
      message: 'I/O Exception',
      codes: { routerCode: 'CONNECTION_TIMEOUT' },
    });
  });

  it.each([
    ['false as the transaction', { transaction: false }, 'rejected'],
    ['no transaction', {}, undefined],
    ['false as data', false, undefined],
    ['an array as data', [], undefined],
  ])('with %s', (_name, data, transaction) => {
    expect(readAnswer({ data, status: {} }).transaction).toBe(transaction);
  });

  it('with false as the id, as one sample has it', () => {
    const json = { data: { transaction: { id: false, status: 'SUCCESS' } }, status: 'odd' };
    expect(readAnswer(json).transaction).toMatchObject({ id: undefined, status: 'SUCCESS' });
  });

  it('of whatever JSON are read without a throw', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ data: fc.jsonValue(), status: fc.jsonValue(), error: fc.jsonValue() }),
      fc.record({ data: fc.record({ transaction: fc.jsonValue() }), status: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(json, (value) => {
        expect(readAnswer(value)).toHaveProperty('codes');
      }),
    );
  });
});

describe('tokens', () => {
  it.each([
    ['180', 180],
    [3600, 3600],
    [undefined, 180],
    ['soon', 180],
    [-1, 180],
  ])('living %s seconds', (expires_in, seconds) => {
    expect(tokenAnswer.parse({ access_token: 'x', expires_in }).expires_in).toBe(seconds);
  });
});

describe('encryption keys', () => {
  const key = { key_id: 100, key: 'MIGf\nMA0G', valid_upto: '12-08-2024 21:29:26' };
  const read = { base64Der: 'MIGfMA0G', validUntil: Date.UTC(2024, 7, 12, 18, 29, 26) };

  it('are read under data and at the top level', () => {
    expect(encryptionKeyAnswer.parse({ data: key, status: {} })).toEqual(read);
    expect(encryptionKeyAnswer.parse(key)).toEqual(read);
  });

  it('may not say how long they live', () => {
    expect(encryptionKeyAnswer.parse({ key: 'MIGf' }).validUntil).toBeUndefined();
  });
});

describe('amounts', () => {
  it.each([
    ['37,600.00', 3_760_000n],
    ['1,234,567.8', 123_456_780n],
    [10.5, 1_050n],
    ['10', 1_000n],
    ['12.5000', 1_250n],
    ['-5.00', -500n],
    ['12.505', undefined],
    ['1,50', undefined],
    ['KES 5', undefined],
    ['', undefined],
    [1e21, undefined],
    [null, undefined],
    [true, undefined],
  ])('%s', (value, amountMinor) => {
    expect(amountMinorOf(value)).toBe(amountMinor);
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 2, 1, 9, 34, 56);

  it.each([
    ['01-03-2026 12:34:56', at],
    ['01/03/2026 12:34:56', at],
    ['2026-03-01 12:34:56', at],
    ['2026-03-01T12:34:56.789', at],
    ['2026-03-01T09:34:56Z', at],
    ['2026-03-01T11:34:56+02:00', at],
    ['2026-03-01T04:34:56.000-0500', at],
    [at / 1_000, at],
    [String(at / 1_000), at],
    [at, at],
    ['31-02-2026 12:34:56', undefined],
    ['2026-13-01 12:34:56', undefined],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('%s', (value, expected) => {
    expect(nairobiTimeOf(value)).toBe(expected);
  });

  it('stand in the ids of Airtel', () => {
    expect(timeInMoneyId('MP260301.1234.L06941')).toBe(Date.UTC(2026, 2, 1, 9, 34, 0));
    expect(timeInMoneyId('disbursement-PARTNER-TXN0001')).toBeUndefined();
    expect(timeInMoneyId('MP261301.1234.L06941')).toBeUndefined();
  });
});
