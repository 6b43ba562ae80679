import { createSecretKey } from 'node:crypto';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { forms, headOf, sealWith, unsealWith } from './envelope.ts';
import { createSeededRandom } from './test-kit.ts';

const random = createSeededRandom('envelope');
const key = createSecretKey(random(32));
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

const seal = (plaintext: Buffer | string, place: string): Buffer =>
  sealWith({ form: forms.cell, key, place, keyId: 0x01020304, nonce: random(12) }, plaintext);

describe('the envelope', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (plaintext, place) => {
        expect(unsealWith({ key, place }, seal(plaintext, place))).toEqual(plaintext);
      }),
    );
  });

  it('takes text as UTF-8', () => {
    expect(unsealWith({ key, place: 'p' }, seal('Wanjikũ', 'p'))?.toString('utf8')).toBe('Wanjikũ');
  });

  it.each([
    ['01', forms.cell],
    ['02', forms.block],
  ])('has form %s, key id, nonce, tag, ciphertext', (first, form) => {
    const nonce = random(12);
    const sealed = sealWith({ form, key, place: 'p', keyId: 0x01020304, nonce }, 'Duka');
    expect(sealed).toHaveLength(1 + 4 + 12 + 16 + 4);
    expect(sealed.subarray(0, 5).toString('hex')).toBe(`${first}01020304`);
    expect(sealed.subarray(5, 17)).toEqual(nonce);
    expect(headOf(sealed)).toEqual({ form, keyId: 0x01020304 });
  });

  it('stays shut after the change of any bit', () => {
    const sealed = seal('KES 2,000', 'payment');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The key id only chooses the key; the vault finds another one, or none.
      const isKeyId = bit >= 8 && bit < 40;
      expect(unsealWith({ key, place: 'payment' }, changed) !== undefined).toBe(isKeyId);
    }
  });

  it('stays shut when cut, lengthened, moved or tried with another key', () => {
    fc.assert(
      fc.property(bytes, fc.string(), fc.string(), (plaintext, place, elsewhere) => {
        fc.pre(place !== elsewhere);
        const sealed = seal(plaintext, place);
        expect(unsealWith({ key, place: elsewhere }, sealed)).toBeUndefined();
        expect(unsealWith({ key, place }, sealed.subarray(0, -1))).toBeUndefined();
        expect(unsealWith({ key, place }, Buffer.concat([sealed, sealed]))).toBeUndefined();
        const other = createSecretKey(random(32));
        expect(unsealWith({ key: other, place }, sealed)).toBeUndefined();
      }),
    );
  });

  it('is not mistaken in what was never sealed', () => {
    fc.assert(
      fc.property(bytes, (anything) => {
        expect(unsealWith({ key, place: '' }, anything)).toBeUndefined();
      }),
    );
  });
});
