import { describe, expect, it } from 'vitest';

import { invariant } from './invariant.ts';
import { maskMsisdn, nationalOf, parseMsisdn, railHintOf, type Msisdn } from './msisdn.ts';

function parse(text: string): Msisdn {
  const parsed = parseMsisdn(text);
  invariant(parsed.ok, `${text} is a number`);
  return parsed.value;
}

describe('a Kenyan mobile number', () => {
  it.each([
    '0712345678',
    '712345678',
    '254712345678',
    '+254712345678',
    '+254 712 345 678',
    '0712-345-678',
    '(0712) 345.678',
  ])('is read from %j', (text) => {
    expect(parseMsisdn(text)).toEqual({ ok: true, value: '254712345678' });
  });

  it.each([
    ['0110123456', '254110123456'],
    ['110123456', '254110123456'],
    ['+254100123456', '254100123456'],
    ['0140123456', '254140123456'],
    ['0189123456', '254189123456'],
    ['0799999999', '254799999999'],
  ])('%s is %s', (text, msisdn) => {
    expect(parseMsisdn(text)).toEqual({ ok: true, value: msisdn });
  });

  it.each([
    ['nothing', ''],
    ['words', 'call me'],
    ['a digit short', '071234567'],
    ['a digit long', '07123456789'],
    ['a land line', '0202345678'],
    ['another country', '+255712345678'],
    ['a plus without country code', '+712345678'],
    ['a plus before the trunk digit', '+0712345678'],
    ['the country code and the trunk digit', '2540712345678'],
    ['a block nobody has', '0150123456'],
    ['letters among digits', '07123x5678'],
    ['other digits', '٠٧١٢٣٤٥٦٧٨'],
    ['two numbers', '0712345678 0712345679'],
  ])('is not %s', (_what, text) => {
    expect(parseMsisdn(text)).toEqual({
      ok: false,
      error: { kind: 'not-a-kenyan-mobile-number' },
    });
  });

  it('is shown in part only', () => {
    expect(maskMsisdn(parse('0712345149'))).toBe('2547•••••149');
    expect(nationalOf(parse('0712345149'))).toBe('712345149');
  });
});

describe('the wallet a range hints at', () => {
  it.each([
    ['0700000000', 'mpesa'],
    ['0729999999', 'mpesa'],
    ['0740000000', 'mpesa'],
    ['0757000000', 'mpesa'],
    ['0768000000', 'mpesa'],
    ['0790000000', 'mpesa'],
    ['0110000000', 'mpesa'],
    ['0119999999', 'mpesa'],
    ['0140000000', 'mpesa'],
    ['0182000000', 'mpesa'],
    ['0730000000', 'airtel'],
    ['0739999999', 'airtel'],
    ['0750000000', 'airtel'],
    ['0756999999', 'airtel'],
    ['0762000000', 'airtel'],
    ['0780000000', 'airtel'],
    ['0100000000', 'airtel'],
    ['0108000000', 'airtel'],
    ['0770000000', undefined],
    ['0747000000', undefined],
    ['0763000000', undefined],
    ['0109000000', undefined],
    ['0120000000', undefined],
  ] as const)('%s is %s', (text, rail) => {
    expect(railHintOf(parse(text))).toBe(rail);
  });
});
