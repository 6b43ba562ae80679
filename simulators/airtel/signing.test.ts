import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  type KeyObject,
  publicEncrypt,
} from 'node:crypto';

import { afterEach, describe, expect, it } from 'vitest';

import { stripPkcs1 } from './padding.ts';
import { signatureOf } from './signing.ts';
import {
  addPhone,
  collectionBody,
  createKit,
  encryptForKit,
  type Kit,
  phone,
  pin,
  type Reply,
  stopKits,
} from './test-kit.ts';

afterEach(stopKits);

// Sheet §5.
const vectorBody =
  '{"reference":"INV001","subscriber":{"country":"KE","currency":"KES","msisdn":"733123456"},' +
  '"transaction":{"amount":100,"country":"KE","currency":"KES","id":"TXN0001"}}';
const vectorKeyText = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:Dw4NDAsKCQgHBgUEAwIBAA==';
const vectorSignature =
  'AY7SW2RuBPWu5DzC6AhQFjm8FHV5y/i3d/uxTeZ7xDjTt6C8cfyH44/wMatnHWvEkulh2ihJTJ5wWJS0H0VaWTsxFmRW' +
  'bOP/jU0yIO7n1+yR3K0p/cTIUziDW9TJsFKumc/YD/Ryv5U/WYWHzmXmYVspiUMdVaHbHkCm9BeMETuJpUxANl01Q3cM' +
  'QEj68lEL3S2eYbO7V9dB+wHcI99yvupAstJ3IWQkSPDBOTz59GI=';

describe('the signature over a body', () => {
  it('is the sheet’s vector', () => {
    expect(signatureOf(Buffer.from(vectorBody), vectorKeyText)).toBe(vectorSignature);
  });

  it.each([
    ['nothing', ''],
    ['a short key', 'AAECAwQFBgcICQoLDA0ODw==:Dw4NDAsKCQgHBgUEAwIBAA=='],
    ['no iv', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='],
    ['loose bits', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=:Dw4NDAsKCQgHBgUEAwIBAA=='],
  ])('is not to be had from %s', (_what, keyText) => {
    expect(signatureOf(Buffer.from(vectorBody), keyText)).toBeUndefined();
  });
});

const sign = (text: string): string => {
  const key = Buffer.from(vectorKeyText.slice(0, 44), 'base64');
  const iv = Buffer.from(vectorKeyText.slice(45), 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
};

const post = (kit: Kit, body: string, headers: Record<string, string>): Promise<Reply> =>
  kit.wire('POST', '/merchant/v1/payments/', { body, headers });

const accepted = 'DP00800001006';
const mismatch = 'DP00800001026';

describe('a signed request', () => {
  it('is taken when the signature is over the very bytes', async () => {
    const kit = createKit({ config: { signing: 'required' } });
    await addPhone(kit);
    // Blanks that no serialiser would write: the raw body is what counts.
    const body = vectorBody.replaceAll(',', ' , ');
    const xKey = await encryptForKit(kit, vectorKeyText);
    const good = await post(kit, body, { 'x-key': xKey, 'x-signature': sign(body) });
    expect(good.json.status.response_code).toBe(accepted);
  });

  it.each([
    ['a signature over the body serialised again', 1, (body: string) => body.replaceAll(' ', '')],
    ['a signature over another amount', 1, (body: string) => body.replace('100', '101')],
  ])('is refused with %s', async (_what, _n, change) => {
    const kit = createKit({ config: { signing: 'required' } });
    await addPhone(kit);
    const body = vectorBody.replaceAll(',', ', ');
    const xKey = await encryptForKit(kit, vectorKeyText);
    const reply = await post(kit, body, { 'x-key': xKey, 'x-signature': sign(change(body)) });
    expect(reply.status).toBe(403);
    expect(reply.json.status).toMatchObject({ response_code: mismatch, success: false });
    const known = await kit.wire('GET', '/standard/v1/payments/TXN0001');
    expect(known.json.status.response_code).toBe('DP00800001025');
  });

  it('is refused under an old key, and taken under the one that replaced it', async () => {
    const kit = createKit({ config: { signing: 'required' } });
    await addPhone(kit);
    const oldKey = await encryptForKit(kit, vectorKeyText);
    await kit.admin('POST', '/keys/rotate');
    const headers = { 'x-signature': sign(vectorBody) };
    const refused = await post(kit, vectorBody, { ...headers, 'x-key': oldKey });
    expect(refused.json.status.response_code).toBe(mismatch);
    const newKey = await encryptForKit(kit, vectorKeyText);
    const taken = await post(kit, vectorBody, { ...headers, 'x-key': newKey });
    expect(taken.json.status.response_code).toBe(accepted);
  });

  it.each([
    ['off', 'none', accepted],
    ['off', 'wrong', accepted],
    ['optional', 'none', accepted],
    ['optional', 'wrong', mismatch],
    ['optional', 'half', mismatch],
    ['required', 'none', mismatch],
    ['required', 'half', mismatch],
    ['required', 'garbage', mismatch],
  ])('signing %s, headers %s', async (signing, which, expected) => {
    const kit = createKit({ config: { signing } });
    await addPhone(kit);
    const xKey = await encryptForKit(kit, vectorKeyText);
    const headers = {
      none: {},
      wrong: { 'x-key': xKey, 'x-signature': sign('another body') },
      half: { 'x-signature': sign(vectorBody) },
      garbage: { 'x-key': 'no base64!', 'x-signature': sign(vectorBody) },
    }[which];
    const reply = await post(kit, vectorBody, headers ?? {});
    expect(reply.json.status.response_code).toBe(expected);
  });

  it.each([
    ['/standard/v1/payments/refund', mismatch],
    ['/standard/v1/disbursements', 'DP00900001016'],
    ['/standard/v2/disbursements', 'DP00900001016'],
    ['/standard/v3/disbursements', 'DP00900001018'],
  ])('%s speaks its own code', async (path, expected) => {
    const kit = createKit({ config: { signing: 'required' } });
    const reply = await kit.wire('POST', path, { body: collectionBody('TXN0001') });
    expect(reply.json.status.response_code).toBe(expected);
  });
});

/** OAEP with SHA-256 and a mask of its own, put together after RFC 8017 for this test alone. */
function encodeOaep(message: Buffer, { size, mask }: { size: number; mask: string }): Buffer {
  const mgf = (seed: Buffer, length: number): Buffer => {
    const parts = Array.from({ length: Math.ceil(length / 20) }, (_unused, counter) =>
      createHash(mask)
        .update(Buffer.concat([seed, Buffer.from([0, 0, 0, counter])]))
        .digest(),
    );
    return Buffer.concat(parts).subarray(0, length);
  };
  const mix = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, n) => byte ^ (b[n] ?? 0)));
  const seed = createHash('sha256').update('a seed').digest();
  const fill = Buffer.alloc(size - message.length - 66);
  const label = createHash('sha256').digest();
  const rest = Buffer.concat([label, fill, Buffer.from([1]), message]);
  const maskedRest = mix(rest, mgf(seed, rest.length));
  return Buffer.concat([Buffer.from([0]), mix(seed, mgf(maskedRest, 32)), maskedRest]);
}

const raw = (key: KeyObject, block: Buffer): string =>
  publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block).toString('base64');

describe('an encrypted PIN', () => {
  const encryptions: Record<string, (key: KeyObject, size: number) => string> = {
    pkcs1: (key) =>
      publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(pin)).toString(
        'base64',
      ),
    'OAEP, SHA-256 for both': (key) =>
      publicEncrypt({ key, oaepHash: 'sha256' }, Buffer.from(pin)).toString('base64'),
    'OAEP, mask with SHA-1': (key, size) =>
      raw(key, encodeOaep(Buffer.from(pin), { size, mask: 'sha1' })),
  };

  it.each(
    [1024, 2048].flatMap((bits) => Object.keys(encryptions).map((how) => [bits, how] as const)),
  )('under %i bits as %s is read', async (keyBits, how) => {
    const kit = createKit({ config: { keyBits } });
    await addPhone(kit);
    await kit.admin('POST', '/org/float', { amount: 1000 });
    const { json } = await kit.wire('GET', '/v1/rsa/encryption-keys');
    const der = Buffer.from(json.data.key, 'base64');
    expect(json.data.key.slice(0, 4)).toBe(keyBits === 1024 ? 'MIGf' : 'MIIB');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const reply = await kit.wire('POST', '/standard/v1/disbursements/', {
      body: {
        payee: { msisdn: phone },
        reference: 'PAYOUT1',
        pin: encryptions[how]?.(key, keyBits / 8),
        transaction: { amount: 10, id: 'PAY0001' },
      },
    });
    expect(reply.json.data.transaction.status).toBe('TS');
  });

  it.each([
    ['the wrong first bytes', [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 9]],
    ['the wrong block type', [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 9]],
    ['too short a fill', [0, 2, 1, 1, 1, 1, 1, 1, 1, 0, 9]],
    ['no end of its fill', [0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('is not read out of a block with %s', (_what, bytes) => {
    expect(stripPkcs1(Buffer.from(bytes))).toBeUndefined();
  });
});
