import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyPlaintextOf, signatureOf, signMessage } from './signing.ts';
import { decryptPkcs1, makeKey } from './test-kit.ts';

const ascending = Buffer.from(Array.from({ length: 32 }, (_, n) => n));
const descending = Buffer.from(Array.from({ length: 16 }, (_, n) => 15 - n));

const body =
  '{"reference":"INV001","subscriber":{"country":"KE","currency":"KES","msisdn":"733123456"},' +
  '"transaction":{"amount":100,"country":"KE","currency":"KES","id":"TXN0001"}}';

describe('the vector computed from the documented rule', () => {
  const secret = { key: ascending, iv: descending };

  it('gives the x-key plaintext', () => {
    expect(keyPlaintextOf(secret)).toBe(
      'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:Dw4NDAsKCQgHBgUEAwIBAA==',
    );
  });

  it('gives the x-signature', () => {
    expect(signatureOf(body, secret)).toBe(
      'AY7SW2RuBPWu5DzC6AhQFjm8FHV5y/i3d/uxTeZ7xDjTt6C8cfyH44/wMatnHWvEkulh2ihJTJ5wWJS0H0Va' +
        'WTsxFmRWbOP/jU0yIO7n1+yR3K0p/cTIUziDW9TJsFKumc/YD/Ryv5U/WYWHzmXmYVspiUMdVaHbHkCm9BeM' +
        'ETuJpUxANl01Q3cMQEj68lEL3S2eYbO7V9dB+wHcI99yvupAstJ3IWQkSPDBOTz59GI=',
    );
  });
});

describe('a signed message', () => {
  const key = makeKey(1024);
  const target = { base64Der: key.base64Der, padding: 'pkcs1' } as const;

  it('opens with the private key and gives back the body’s bytes', () => {
    const text = '{"reference":"Ndũrĩ"}';
    const headers = signMessage(text, target);
    if (!headers.ok) throw new Error(headers.error);
    const [aesKey, iv] = decryptPkcs1(key, headers.value['x-key'])
      .split(':')
      .map((part) => Buffer.from(part, 'base64'));
    expect([aesKey?.length, iv?.length]).toEqual([32, 16]);
    const decipher = createDecipheriv('aes-256-cbc', aesKey ?? '', iv ?? '');
    const bytes = Buffer.from(headers.value['x-signature'], 'base64');
    const opened = Buffer.concat([decipher.update(bytes), decipher.final()]);
    expect(opened.equals(Buffer.from(text, 'utf8'))).toBe(true);
  });

  it('has a key of its own each time', () => {
    expect(signMessage(body, target)).not.toEqual(signMessage(body, target));
  });

  it('cannot be made with OAEP under 1024 bits: x-key holds 69 bytes', () => {
    expect(signMessage(body, { ...target, padding: 'oaep-sha256' }).ok).toBe(false);
    const long = { base64Der: makeKey(2048).base64Der, padding: 'oaep-sha256' } as const;
    expect(signMessage(body, long).ok).toBe(true);
  });
});
