import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactNairobi, decimalOf } from '#kernel';
import {
  amountMinorOf,
  nairobiTimeOf,
  payerNotification,
  promptAck,
  textNamed,
  valueNamed,
} from './wire.ts';

describe('amounts', () => {
  it.each([
    [10, 1_000n],
    [1.5, 150n],
    ['5.00', 500n],
    ['10', 1_000n],
    [' 190.00 ', 19_000n],
    ['{Amount={CurrencyCode=KES, MinimumAmount=618683, BasicAmount=6186.83}}', 618_683n],
    ['{Amount={BasicAmount=300, CurrencyCode=KES}}', 30_000n],
    ['{Amount={CurrencyCode=KES, MinimumAmount=618684, BasicAmount=6186.83}}', undefined],
    ['{Amount={CurrencyCode=KES}}', undefined],
    ['KES 10', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [1e21, undefined],
    [null, undefined],
    [{}, undefined],
  ])('%j is %s cents', (value, amountMinor) => {
    expect(amountMinorOf(value)).toBe(amountMinor);
  });

  it('survive being written with two decimals', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 100_000_000n }), (amountMinor) => {
        expect(amountMinorOf(decimalOf(amountMinor))).toBe(amountMinor);
        expect(amountMinorOf(Number(decimalOf(amountMinor)))).toBe(amountMinor);
      }),
    );
  });
});

describe('times', () => {
  it.each([
    [20191219102115, '20191219102115'],
    ['20231121121325', '20231121121325'],
    ['19.12.2019 11:45:50', '20191219114550'],
    ['2020-08-05T10:13:00Z', '20200805101300'],
    ['2020-08-05 10:13:00', '20200805101300'],
    ['2020-08-05T10:13:00.000+03:00', '20200805101300'],
  ])('%s is read as East Africa Time', (value, compact) => {
    const at = nairobiTimeOf(value);
    expect(at === undefined ? undefined : compactNairobi(at)).toBe(compact);
  });

  it.each(['', '31.02.2020 10:00:00', '20200230101300', '5 August', 0, null, [], {}])(
    '%j is no time',
    (value) => {
      expect(nairobiTimeOf(value)).toBeUndefined();
    },
  );
});

describe('named values', () => {
  const items = [
    { name: 'Balance', value: undefined },
    { name: 'DebitPartyName', value: '600310 - Payer' },
    { name: 'DebitPartyName', value: '254708374149 - Payee' },
    { name: 'Number', value: 254708374149 },
    { name: 'Object', value: {} },
    { name: 'Empty', value: '' },
  ];

  it.each([
    ['DebitPartyName', '600310 - Payer'],
    ['Number', '254708374149'],
    ['Balance', undefined],
    ['Object', undefined],
    ['Empty', undefined],
    ['Missing', undefined],
  ])('%s as text is %s', (name, text) => {
    expect(textNamed(items, name)).toBe(text);
  });

  it('are found as they came', () => {
    expect(valueNamed(items, 'Number')).toBe(254708374149);
  });
});

describe('fields', () => {
  const long = (length: number): string => 'x'.repeat(length);
  const ack = { CheckoutRequestID: 'ws_CO_1', ResponseCode: '0' };
  const notification = {
    TransID: 'UKR1',
    TransTime: '20261127120000',
    TransAmount: '10.00',
    BusinessShortCode: '600000',
  };

  it.each<[string, unknown, string | undefined]>([
    ['a code', '0', '0'],
    ['a number for one', 0, '0'],
    ['one with spaces around', ' 1032 ', '1032'],
    ['the longest', long(64), long(64)],
    ['one that is too long', long(65), undefined],
    ['no code', '', undefined],
    ['only spaces', '  ', undefined],
    ['a word of truth', true, undefined],
    ['a number without end', Number.POSITIVE_INFINITY, undefined],
    ['nothing', null, undefined],
    ['an object', {}, undefined],
  ])('%s is a code, or spoils the message', (_, ResponseCode, read) => {
    const parsed = promptAck.safeParse({ ...ack, ResponseCode });
    expect(parsed.data?.ResponseCode).toBe(read);
  });

  it.each<[string, unknown, string | undefined]>([
    ['a number', 12, '12'],
    ['the longest', long(256), long(256)],
    ['one that is too long', long(257), undefined],
    ['none', '', undefined],
    ['a list', [], undefined],
  ])('%s is an id, or spoils the message where it is needed', (_, id, read) => {
    const needed = promptAck.safeParse({ ...ack, CheckoutRequestID: id });
    expect(needed.data?.CheckoutRequestID).toBe(read);
    const wished = promptAck.safeParse({ ...ack, MerchantRequestID: id });
    expect(wished.success).toBe(true);
    expect(wished.data?.MerchantRequestID).toBe(read);
  });

  it.each<[string, unknown, string | undefined]>([
    ['a text', ' Wanjiku ', 'Wanjiku'],
    ['the longest', long(4_096), long(4_096)],
    ['nothing', null, undefined],
    ['emptiness', ' ', undefined],
  ])('%s may be a text that is not needed', (_, FirstName, read) => {
    const parsed = payerNotification.safeParse({ ...notification, FirstName });
    expect(parsed.success).toBe(true);
    expect(parsed.data?.FirstName).toBe(read);
  });

  it.each([[{}], [[]], [long(4_097)], [Number.POSITIVE_INFINITY]])(
    'what is no text at all spoils the message, and prose never does',
    (strange) => {
      const text = payerNotification.safeParse({ ...notification, FirstName: strange });
      expect(text.success).toBe(false);
      const prose = promptAck.safeParse({ ...ack, ResponseDescription: strange });
      expect(prose.data?.ResponseDescription).toBe('');
    },
  );
});
