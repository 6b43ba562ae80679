import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeClasses, codeSubjects, type CodeSubject } from '../explanation.ts';
import { explain } from './explain.ts';

const sheet = readFileSync(
  new URL('../../../docs/providers/airtel-money.md', import.meta.url),
  'utf8',
);

/** One section of the sheet, from its heading to the next of any depth. */
function section(heading: string): string {
  const start = sheet.indexOf(`\n${heading}`);
  if (start < 0) throw new Error(`the sheet has no ${heading}`);
  const rest = sheet.slice(start + heading.length + 1);
  return rest.slice(0, rest.search(/\n##+ /));
}

const found = (text: string, form: RegExp): readonly string[] =>
  [...text.matchAll(form)].map((match) => match[1] ?? match[0]);

/** A list such as “003 missing header; 005 no route”, whose codes leave their prefix out. */
const shortCodes = (line: string, form: RegExp, prefix: string): readonly string[] =>
  found(line, form).map((digits) => `${prefix}${digits}`);

const lineWith = (start: string): string => {
  const text = section('### 11.4');
  const from = text.indexOf(`- **${start}`);
  return text.slice(from, text.indexOf('\n- **', from + 1));
};

const inWords = (text: string): readonly string[] => [
  ...found(text, /\bDP\d{11}\b/g),
  ...found(text, /\bROUTER\d{3}\b/g),
  ...found(text, /\bESB\d{6}\b/g),
  ...found(text, /`(521\d{3})`/g),
  ...found(text, /\b(?:CONNECTION_TIMEOUT|invalid_client|invalid_token)\b/g),
];

/** Every code the sheet names, section by section, read from the sheet itself. */
const named: readonly (readonly [string, CodeSubject, readonly string[], least: number])[] = [
  ['3 token', 'question', inWords(section('## 3.')), 2],
  ['4 keys', 'question', inWords(section('## 4.')), 3],
  ['6.3 prompts not accepted', 'prompt', inWords(section('### 6.3')), 5],
  ['7 statuses', 'prompt', found(section('## 7.'), /\| `(T[A-Z]{1,2})`/g), 5],
  ['10.2 PIN', 'payout', ['DP00900001002', ...inWords(section('### 10.2'))], 2],
  ['10.6 payouts not accepted', 'payout', inWords(section('### 10.6')), 8],
  [
    '11.2 collections',
    'prompt',
    shortCodes(section('### 11.2'), /\|\s*…(\d{4})/g, 'DP0080000'),
    15,
  ],
  ['11.3 disbursements', 'payout', shortCodes(section('### 11.3'), /…(\d{4})/g, 'DP0090000'), 18],
  [
    '11.4 cash-in and cash-out',
    'question',
    shortCodes(lineWith('Cash-in/out'), /\b(1\d{3}) /g, 'DP0100000'),
    15,
  ],
  [
    '11.4 questions',
    'question',
    [
      ...shortCodes(lineWith('Account'), /(DP02\d{9})/g, ''),
      ...shortCodes('0 1 2', /(\d)/g, 'DP0210000000'),
      ...shortCodes('0 1 2', /(\d)/g, 'DP0220000000'),
      ...shortCodes('0 1', /(\d)/g, 'DP0201000100'),
    ],
    8,
  ],
  ['11.4 router', 'payout', shortCodes(lineWith('ROUTER'), /\b(\d{3}) /g, 'ROUTER'), 11],
  ['11.4 results', 'prompt', shortCodes(lineWith('ESB'), /\b(\d\d) [a-zM]/g, 'ESB0000'), 13],
  ['11.4 HTTP', 'payout', shortCodes(lineWith('HTTP'), /\b([45]\d\d)\b/g, 'HTTP '), 12],
  ['11.5 the retry matrix', 'payout', inWords(section('### 11.5')), 3],
];

describe('every code that the sheet names', () => {
  it.each(named)('in %s is known, and says what to do', (...[, subject, codes, least]) => {
    expect(new Set(codes).size).toBeGreaterThanOrEqual(least);
    for (const code of codes) {
      expect(explain(code, subject)).toEqual({
        code,
        known: true,
        class: expect.toBeOneOf([...codeClasses]),
        reason: expect.stringMatching(/\w/),
        meaning: expect.stringMatching(/\w{2}.*\.$/),
        advice: expect.stringMatching(/\w{2}.*\.$/),
      });
    }
  });

  it('has no code of these forms anywhere that no table knows', () => {
    // Remittance is another contract; the sheet quotes one code of it.
    const elsewhere = new Set(['DP03520001001']);
    const unknown = inWords(sheet).filter((code) => !explain(code, 'question').known);
    expect(unknown.filter((code) => !elsewhere.has(code))).toEqual([]);
  });
});

describe('explanations', () => {
  it.each<[string, CodeSubject, string, string, RegExp]>([
    ['DP00800001007', 'prompt', 'final', 'insufficient-funds', /payer has too little money/],
    ['DP00800001007', 'refund', 'final', 'our-float', /business wallet/],
    ['DP00800001008', 'prompt', 'final', 'other', /refused/],
    ['DP00800001008', 'refund', 'unknown', 'other', /given back before/],
    ['DP00800001024', 'prompt', 'unknown', 'no-response', /gave up waiting/],
    ['DP00800001025', 'prompt', 'unknown', 'other', /nothing under this id/],
    ['DP00800001026', 'prompt', 'our-fault', 'our-credentials', /signature/],
    ['DP00900001011', 'payout', 'unknown', 'other', /knows this id/],
    ['DP00900001017', 'payout', 'unknown', 'other', /knows this id/],
    ['ESB000041', 'prompt', 'unknown', 'other', /knows this id/],
    ['521050', 'payout', 'unknown', 'other', /knows this id/],
    ['DP01000001003', 'question', 'final', 'over-limit', /limit/],
    ['DP02200000002', 'question', 'final', 'payer-not-registered', /no wallet/],
    ['DP02010001000', 'question', 'our-fault', 'our-credentials', /encryption key/],
    ['invalid_client', 'prompt', 'our-fault', 'our-credentials', /client id or secret/],
    ['invalid_token', 'prompt', 'retryable', 'our-credentials', /access token/],
    ['HTTP 429', 'payout', 'retryable', 'provider-down', /slow down/],
    ['429', 'payout', 'retryable', 'provider-down', /slow down/],
    ['HTTP 503', 'payout', 'unknown', 'provider-down', /may have acted/],
    ['not-sent', 'payout', 'retryable', 'provider-down', /did not leave/],
    ['TA', 'prompt', 'unknown', 'other', /does not know/],
    ['TE', 'prompt', 'final', 'expired', /expired/],
    ['SUCCESS', 'prompt', 'pending', 'other', /nothing is paid yet/],
    ['ESB000010', 'prompt', 'pending', 'other', /took the request/],
    ['ESB000010', 'payout', 'pending', 'other', /took the request/],
    ['ESB000010', 'question', 'done', 'other', /done/],
    ['SUCCESS', 'refund', 'done', 'other', /given back/],
    ['ESB000014', 'prompt', 'unknown', 'other', /could not look/],
  ])('of %s to a %s: %s, %s', (...[code, subject, codeClass, reason, meaning]) => {
    const explained = explain(code, subject);
    expect(explained).toMatchObject({ code, known: true, class: codeClass, reason });
    expect(explained.meaning).toMatch(meaning);
  });

  it('call any other text unknown, and repeat it as it came', () => {
    const anyText = fc.oneof(
      fc.string(),
      fc.constantFrom('toString', '__proto__', 'constructor', 'HTTP 299', '299', 'DP00800009999'),
    );
    fc.assert(
      fc.property(anyText, fc.constantFrom(...codeSubjects), (code, subject) => {
        const { known, ...said } = explain(code, subject);
        expect(said.code).toBe(code);
        const isRuledOn = known || (said.class === 'unknown' && said.reason === 'other');
        expect(isRuledOn).toBe(true);
      }),
    );
    expect(explain(' DP00800009999', 'prompt')).toMatchObject({ known: false, class: 'unknown' });
  });
});
