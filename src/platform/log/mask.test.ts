import { type Msisdn, parseMsisdn, Secret } from '#kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createMask, isSecretName, textLengthMax } from './mask.ts';

const mask = createMask();

const nationalDigits = fc
  .tuple(
    fc.constantFrom('7', '10', '11', '12', '14', '18'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 }),
  )
  .map(([start, digits]) => `${start}${digits.join('')}`.slice(0, 9))
  .filter((national) => parseMsisdn(national).ok);

const gaps = fc.array(fc.constantFrom('', '', '', ' ', '-', '.', ' (', ') ', '  '), {
  minLength: 12,
  maxLength: 12,
});

/**
 * A number as people and providers write it: with or without prefix, with gaps anywhere. One whose
 * dots make it an IPv4 address is none, and addresses are worth reading in a log.
 */
const writtenNumber = fc
  .tuple(nationalDigits, fc.constantFrom('254', '+254', '0', ''), gaps)
  .map(([national, prefix, between]) => ({
    national,
    written: [...`${prefix}${national}`].map((digit, n) => `${digit}${between[n] ?? ''}`).join(''),
  }))
  .filter(({ written }) => !/(?:\d{1,3}\.){3}\d{1,3}(?!.*\d)/.test(written));

describe('phone numbers', () => {
  it('never survive, however they are written', () => {
    const around = fc.constantFrom('', ' ', '"', 'payer ', 'x', ',', ':', '/', '=', '\n');
    fc.assert(
      fc.property(writtenNumber, around, around, ({ national, written }, before, after) => {
        const masked = mask(`${before}${written}${after}`).replaceAll(/\D/g, '');
        expect(masked).not.toContain(national);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['0712345678', '2547•••••678'],
    ['+254 712 345 678 paid', '2547•••••678 paid'],
    ['{"PhoneNumber":254712345678}', '{"PhoneNumber":2547•••••678}'],
    ['254712345678,254733123456', '2547•••••678,2547•••••456'],
    ['msisdn=733123456', 'msisdn=2547•••••456'],
    ['ws_CO_180920261803512708374149', 'ws_CO_180920261803512•••••149'],
  ])('%s becomes %s', (text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it.each([
    'took 1250 ms',
    '2026-11-23T04:49:00.000Z',
    '2026-11-23 04:49:00',
    'from 196.201.214.200',
    'from 127.0.0.1 port 8750',
    'receipt UJ22T8IYOU',
    'pay_00ABCDEFGHJKM',
    'AG_20240706_2010364430d9bbdaf872',
    'AG_20240706_a712345678d9bbdaf872',
    'pay_0A712345678BC',
    'a1b2c3d4-7123-4567-8abc-0123456789ab',
    'a712345678c1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8ef5',
    'ws_CO_example',
    'at 1795408140000',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'src/platform/log/mask.ts:12:5',
    'DuplicateOriginatorConversationIdRefused',
  ])('leaves %s alone', (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe('secrets', () => {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/='];
  const anySecret = fc
    .array(fc.constantFrom(...alphabet, ...'!*$&#(){}[]\\^"\'% é'), { minLength: 8, maxLength: 60 })
    .map((letters) => letters.join(''));

  it('that are known never survive, wherever they stand', () => {
    fc.assert(
      fc.property(
        anySecret,
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        (text, before, after) => {
          const masked = createMask([new Secret(text)])(`${before}${text}${after}`);
          expect(masked).not.toContain(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  const token = fc
    .array(fc.constantFrom(...alphabet.slice(0, 62)), { minLength: 20, maxLength: 60 })
    .map((letters) => letters.join(''))
    .filter((text) => /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text));
  const secretNames = [
    'access_token',
    'refresh_token',
    'password',
    'InitiatorPassword',
    'SecurityCredential',
    'client_secret',
    'consumer_key',
    'passkey',
    'api_key',
    'apiKey',
    'pin',
    'sessionId',
    'Authorization',
    'x-signature',
    'QMOI_MASTER_SECRET',
    'cookie',
  ];

  it('in name and value form never survive, whatever the quoting', () => {
    const form = fc.constantFrom(
      (name: string, value: string) => `${name}=${value}`,
      (name: string, value: string) => `${name}: ${value}`,
      (name: string, value: string) => JSON.stringify({ [name]: value }),
      (name: string, value: string) => JSON.stringify(JSON.stringify({ [name]: value })),
      (name: string, value: string) => `{'${name}': '${value}'}`,
    );
    fc.assert(
      fc.property(fc.constantFrom(...secretNames), token, form, (name, value, write) => {
        expect(mask(`sent ${write(name, value)} then`)).not.toContain(value);
      }),
      { numRuns: 500 },
    );
  });

  it('as bearer and basic credentials never survive', () => {
    fc.assert(
      fc.property(token, fc.constantFrom('Bearer', 'bearer', 'Basic'), (value, scheme) => {
        expect(mask(`authorization was ${scheme} ${value}.`)).not.toContain(value);
      }),
    );
  });

  it('that are long and mixed are taken for tokens without a name', () => {
    fc.assert(
      fc.property(
        token.filter((text) => text.length >= 32),
        (value) => {
          expect(mask(`callback at /hooks/${value} was late`)).not.toContain(value);
        },
      ),
    );
  });

  it.each([
    ['postgres://shop:s3cret@db.example:5432/shop', 'postgres://[secret]@db.example:5432/shop'],
    ['Error Occurred - Invalid Access Token - aB3dE5', /Invalid Access Token - \[secret\]$/],
    ['$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA', '[secret]'],
    ['eyJhbGciOi.eyJzdWIiOi.c2lnbmF0', '[secret]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', /^\[secret\]/],
  ])('%s is masked', (text, expected) => {
    expect(mask(text)).toMatch(expected);
  });

  it.each(['pin', 'airtelPin', 'Authorization', 'set-cookie', 'x-key', 'masterKeyHash', 'PASSKEY'])(
    'a value named %s is hidden',
    (name) => expect(isSecretName(name)).toBe(true),
  );

  it.each(['shipping', 'pinned', 'spinner', 'amountMinor', 'module', 'keyId', 'receipt'])(
    'a value named %s is shown',
    (name) => expect(isSecretName(name)).toBe(false),
  );

  it('short known secrets are left to their names, so that numbers stay readable', () => {
    expect(createMask([new Secret('2468')])('2468 rows')).toBe('2468 rows');
  });
});

describe('length', () => {
  it('is limited', () => {
    expect(mask('a '.repeat(textLengthMax)).length).toBe(textLengthMax + 1);
  });

  it.each(['a', 'eyJ-', 'password ', 'x"', '1.', '://', '7 ', 'pin="'])(
    'keeps an endless run of %s from keeping the engine busy',
    (run) => {
      expect(mask(run.repeat(500_000)).length).toBeLessThanOrEqual(textLengthMax + 1);
    },
  );

  it('leaves no half of a secret where an endless text was cut', () => {
    const secret = 'an-open-secret-of-some-length';
    // Masking shortens the text, so that its very end comes into what is kept.
    const masked = createMask([new Secret(secret)])(`${secret} `.repeat(1_000));
    expect(masked).not.toContain('an-open');
  });

  it('is cut only after masking, so that no half of a number is left', () => {
    const msisdn = '254712345678' as Msisdn;
    const masked = mask(`${'.'.repeat(textLengthMax - 11)} ${msisdn}`);
    expect(masked).not.toContain('254712345');
  });
});
