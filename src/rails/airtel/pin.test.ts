import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '#kernel';
import { encryptPin, isPublicKey, rsaEncrypt } from './pin.ts';
import { decryptOaep, decryptPkcs1, makeKey } from './test-kit.ts';

const key1024 = makeKey(1024);
const key2048 = makeKey(2048);
const pin = new Secret('4321');

const encrypted = (...args: Parameters<typeof rsaEncrypt>): string => {
  const result = rsaEncrypt(...args);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('the payout PIN', () => {
  it.each([
    ['1024', key1024],
    ['2048', key2048],
  ])('opens under a %s-bit key in all three paddings', (_bits, key) => {
    const { base64Der } = key;
    const under = (padding: Parameters<typeof encryptPin>[1]['padding']): string => {
      const result = encryptPin(pin, { base64Der, padding });
      return result.ok ? result.value : result.error;
    };
    expect(decryptPkcs1(key, under('pkcs1'))).toBe('4321');
    expect(decryptOaep(key, under('oaep-sha256'), 'sha256')).toBe('4321');
    expect(decryptOaep(key, under('oaep-sha256-mgf1-sha1'), 'sha1')).toBe('4321');
  });

  it('keeps the two OAEP forms apart', () => {
    const { base64Der } = key2048;
    const mixed = encrypted({ base64Der, padding: 'oaep-sha256-mgf1-sha1' }, '4321');
    const plain = encrypted({ base64Der, padding: 'oaep-sha256' }, '4321');
    expect(() => decryptOaep(key2048, mixed, 'sha256')).toThrow('not this OAEP');
    expect(() => decryptOaep(key2048, plain, 'sha1')).toThrow('not this OAEP');
  });

  it('is never encrypted twice alike', () => {
    const { base64Der } = key2048;
    const once = encrypted({ base64Der, padding: 'oaep-sha256-mgf1-sha1' }, '4321');
    expect(encrypted({ base64Der, padding: 'oaep-sha256-mgf1-sha1' }, '4321')).not.toBe(once);
  });
});

describe('RSA', () => {
  it('opens whatever ASCII fits, in the hand-made form', () => {
    const { base64Der } = key2048;
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 190 });
    fc.assert(
      fc.property(ascii, (text) => {
        const base64 = encrypted({ base64Der, padding: 'oaep-sha256-mgf1-sha1' }, text);
        expect(decryptOaep(key2048, base64, 'sha1')).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['62 bytes fit', 62, true],
    ['63 do not', 63, false],
  ])('OAEP under 1024 bits: %s', (_name, length, fits) => {
    const { base64Der } = key1024;
    const text = 'x'.repeat(length);
    for (const padding of ['oaep-sha256', 'oaep-sha256-mgf1-sha1'] as const) {
      expect(rsaEncrypt({ base64Der, padding }, text).ok).toBe(fits);
    }
  });

  it.each(['', 'AAAA', 'not base64 at all'])('refuses “%s” as a key', (base64Der) => {
    expect(isPublicKey(base64Der)).toBe(false);
    expect(rsaEncrypt({ base64Der, padding: 'pkcs1' }, 'x')).toEqual({
      ok: false,
      error: 'unusable-key',
    });
  });
});
