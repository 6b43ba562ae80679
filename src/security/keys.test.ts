import { describe, expect, it } from 'vitest';

import { Secret } from '#kernel';

import { deriveKeys } from './keys.ts';

const hex = '9f2c51d07be84a63951fc0de72ab3846e15d9a0b7c3f48261d5e8a94b0c7f312';

const bytesOf = (secret: string): Readonly<Record<string, string>> => {
  const keys = deriveKeys(new Secret(secret));
  if (!keys.ok) throw new Error(keys.error.cause);
  const { keyEncryption, blindIndex, callbackToken, cli } = keys.value;
  return Object.fromEntries(
    Object.entries({ keyEncryption, blindIndex, callbackToken, cli }).map(([name, key]) => [
      name,
      key.export().toString('hex'),
    ]),
  );
};

describe('deriveKeys', () => {
  it('gives every purpose a key of its own, the same every time', () => {
    const keys = bytesOf(hex);
    expect(new Set(Object.values(keys)).size).toBe(4);
    expect(bytesOf(hex)).toEqual(keys);
  });

  it('shares nothing between two secrets', () => {
    const keys = Object.values(bytesOf(hex));
    const others = Object.values(bytesOf(hex.replace('9', '8')));
    expect(keys.filter((key) => others.includes(key))).toEqual([]);
  });

  // Sealed values and callback addresses in the field depend on these never changing.
  it('derives what it has always derived', () => {
    expect(bytesOf(hex)).toMatchInlineSnapshot(`
      {
        "blindIndex": "5857aef46913c0c8344756a52feb08dba6c3c1d8d2098704dd0b9bc7d2dd675b",
        "callbackToken": "28f144d01e167e04939175239892000edf28eb45b20c43e5b2aa101aa2f5e161",
        "cli": "27f266392e985267a5356babd3a3a81d14102ffad88bbdfeaab6fd333684865b",
        "keyEncryption": "78b2e4bb4ca2ea3eda92f25414bd861354866fbdf58c94e1bd380d5828f0a438",
      }
    `);
  });

  it.each([
    ['', 'shorter than 32 bytes'],
    ['9f2c51d07be84a63951fc0de72ab384', 'shorter than 32 bytes'],
    ['a'.repeat(64), 'too few different characters'],
    ['1234567'.repeat(6), 'too few different characters'],
    ['changeme'.repeat(4), 'too few different characters'],
    ['correct-horse'.repeat(4), 'repeats a shorter text'],
  ])('refuses %j', (secret, cause) => {
    const keys = deriveKeys(new Secret(secret));
    expect(keys).toMatchObject({
      ok: false,
      error: { kind: 'weak-master-secret', cause: expect.stringContaining(cause) },
    });
    expect(keys.ok ? '' : keys.error.fix).toContain('openssl rand');
  });
});
