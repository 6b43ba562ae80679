import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Secret } from '#kernel';

import { cleanDetail, type Detail, looksLikeMsisdn } from './detail.ts';

const national = fc.stringMatching(/^[17]\d{8}$/);

describe('audit detail', () => {
  it('keeps amounts and ids exactly', () => {
    const detail = { amountMinor: 712_345_678n, rail: 'mpesa', ids: [1n, 'pay_1'], done: true };
    expect(cleanDetail({ ...detail, none: null, inner: { count: 3 } })).toEqual({
      amountMinor: '712345678',
      rail: 'mpesa',
      ids: ['1', 'pay_1'],
      done: true,
      none: null,
      inner: { count: 3 },
    });
  });

  it('holds no whole phone number, however it is written and wherever it hides', () => {
    const forms: readonly ((n: string) => string)[] = [
      (n) => `254${n}`,
      (n) => `+254 ${n}`,
      (n) => `0${n}`,
      (n) => n,
      (n) => `0${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6)}`,
      (n) => `+254-${n.slice(0, 3)}-${n.slice(3)}`,
      (n) => `sent to 0${n}, confirmed`,
      (n) => `tel:254${n};`,
    ];
    const places: readonly ((text: string) => Detail)[] = [
      (text) => ({ to: text }),
      (text) => ({ list: ['x', { deep: text }] }),
      (text) => ({ [text]: 1 }),
    ];
    fc.assert(
      fc.property(
        national,
        fc.constantFrom(...forms),
        fc.constantFrom(...places),
        (number, form, place) => {
          expect(() => cleanDetail(place(form(number)))).toThrow('no phone number');
        },
      ),
    );
    expect(() => cleanDetail({ to: 254712345678 })).toThrow('no phone number');
  });

  it('does not repeat the number when it refuses', () => {
    const reticent = /^(?!.*0712345678).*no phone number/s;
    expect(() => cleanDetail({ to: '0712345678' })).toThrow(reticent);
    expect(() => cleanDetail({ '0712345678': 1 })).toThrow(reticent);
  });

  it.each([
    ['a masked number', '2547•••••149'],
    ['an M-Pesa receipt', 'SGL0712345'],
    ['an Airtel reference', 'MP260712.0712.A12345'],
    ['one of our ids', 'tr_0712345678901'],
    ['a merchant request', '29115-34620561-1'],
    ['a checkout request', 'ws_CO_071234567825472026'],
    ['a time', '2026-07-12T07:12:34.567Z'],
    ['a compact time', '20260712071234'],
    ['an address', '196.201.214.200'],
    ['an IPv6 network', '2001:db8:254:712::/64'],
    ['a UUID', '07123456-2547-4123-8456-254712345678x'],
    ['a short code', '174379'],
    ['an amount', '1234567.89'],
  ])('may hold %s: %j', (_what, text) => {
    expect(cleanDetail({ text })).toEqual({ text });
    expect(looksLikeMsisdn(text)).toBe(false);
  });

  it.each(['consumerSecret', 'masterKey', 'apiKey', 'api_key', 'accessToken', 'password', 'pin'])(
    'holds nothing named %s',
    (name) => {
      expect(() => cleanDetail({ deep: [{ [name]: 'x' }] })).toThrow(`no secret (${name})`);
    },
  );

  it.each([
    ['a secret', 'plain values', { value: new Secret('x') }],
    ['a date', 'plain values', { value: new Date(0) }],
    ['bytes', 'plain values', { value: Buffer.from('x') }],
    ['nothing', 'plain values', { value: undefined }],
    ['a null character', 'null character', { value: 'a\0b' }],
    ['a list in place of members', 'plain object', ['x']],
  ])('refuses %s: %s', (_what, why, detail) => {
    expect(() => cleanDetail(detail as unknown as Detail)).toThrow(why);
  });

  it('holds what is named like a secret but is none', () => {
    const detail = { shipping: 1, keyId: 2, tokenCount: 3, secretary: 'x', monkey: 'y' };
    expect(cleanDetail(detail)).toEqual(detail);
  });
});
