import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeClasses, codeSubjects, type CodeSubject } from '../explanation.ts';
import {
  payoutResultCodes,
  promptResultCodes,
  questionResultCodes,
  refundResultCodes,
  topUpResultCodes,
} from './codes.ts';
import { explain } from './explain.ts';
import { gatewayCodes } from './gateway-codes.ts';

// The sheet itself, so that a code written down there tomorrow is missed here at once.
const sheet = readFileSync(
  join(import.meta.dirname, '../../../docs/providers/mpesa-daraja.md'),
  'utf8',
);

function sectionOf(number: string): string {
  const start = sheet.indexOf(`### ${number} `);
  const end = sheet.indexOf('\n### ', start + 1);
  return start < 0 ? '' : sheet.slice(start, end);
}

/** Cells of the tables of a section, row by row. */
const rowsOf = (number: string): readonly (readonly string[])[] =>
  sectionOf(number)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const resultCode = /^(?:\d+|TP\d+|SFC_\w+|R\d+)$/;

/** Result codes stand in a table's first column, some of them two in a cell: `2 / 3`. */
const tabledResults = (number: string): readonly string[] =>
  rowsOf(number)
    .flatMap(([first = '']) => first.split(' / '))
    .filter((cell) => resultCode.test(cell));

/** Others stand in a sentence; quotations and brackets tell of texts, not of codes. */
const namedResults = (number: string, after: string): readonly string[] => {
  const text = sectionOf(number);
  const sentence = text.slice(text.indexOf(after) + after.length).split(/\. [A-Z]|\n/)[0] ?? '';
  const plain = sentence.replaceAll(/"[^"]*"|\([^)]*\)/g, ' ');
  return plain.split(/[\s,;/`–]+/).filter((word) => resultCode.test(word.replace(/\.$/, '')));
};

/** Error codes stand in the second column; a dash there means that only the HTTP status tells. */
const tabledErrors = (number: string): readonly string[] =>
  rowsOf(number).flatMap(([status = '', second = '']) => {
    if (second === '–') return [status];
    return [...second.matchAll(/`([\d.]+)`/g)].map(([, code = '']) => code);
  });

const legacyCodes = /`(\d{6}(?:\/\d{6})+)`/.exec(sectionOf('1.2'))?.[1]?.split('/') ?? [];

/** Where each list of the sheet is heard, and how many codes it held when this was written. */
const lists: readonly (readonly [CodeSubject, string, readonly string[], number])[] = [
  ['prompt', '2.2', tabledResults('2.2'), 21],
  ['payout', '4.1', tabledResults('4.1'), 17],
  ['top-up', '4.3', namedResults('4.3', 'Codes seen in production:'), 4],
  ['refund', '4.6', namedResults('4.6', 'Codes:'), 10],
  ['question', '4.7', namedResults('4.7', 'listed on this page:'), 13],
  ['payout', '4.7', namedResults('4.7', 'listed on this page:'), 13],
  ['refund', '4.7', namedResults('4.7', 'listed on this page:'), 13],
  ['top-up', '4.7', namedResults('4.7', 'listed on this page:'), 13],
  ['question', '4.8', namedResults('4.8', 'Codes:'), 5],
  ['question', '4.9', [...sectionOf('4.9').matchAll(/"(100\d)"/g)].map(([, c = '']) => c), 3],
  ...codeSubjects.flatMap((subject): typeof lists => [
    [subject, '1.2', tabledErrors('1.2'), 10],
    [subject, '1.2, older', legacyCodes, 4],
    [subject, '1.3', tabledErrors('1.3'), 18],
  ]),
];

describe('every code of the sheet', () => {
  it.each(lists)('%s, section %s', (...[subject, , codes, count]) => {
    expect(codes.length).toBeGreaterThanOrEqual(count);
    for (const code of codes) {
      const explained = explain(code, subject);
      expect(explained).toMatchObject({ code, known: true });
      expect(explained.meaning).toMatch(/\w.*\.$/);
      expect(explained.advice).toMatch(/\w.*\.$/);
    }
  });
});

it.each([
  ['0', 'prompt', 'done', /paid/],
  ['0', 'refund', 'done', /given back/],
  ['1000', 'question', 'done', /list/],
  ['1001', 'question', 'done', /empty/],
  ['1001', 'prompt', 'retryable', /session/],
  ['4999', 'prompt', 'pending', /process/],
  ['2001', 'prompt', 'final', /PIN/],
  ['2001', 'payout', 'our-fault', /certificate/],
  ['21', 'payout', 'our-fault', /role/],
  ['21', 'top-up', 'our-fault', /whitelisted/],
  ['1', 'payout', 'final', /Utility/],
  ['1', 'top-up', 'final', /Working/],
  ['SFC_IC0003', 'prompt', 'our-fault', /till/],
  ['SFC_IC0003', 'payout', 'final', /not on M-Pesa/],
  ['R000001', 'refund', 'done', /already/],
  ['status-failed', 'refund', 'final', /declined/],
  ['500.001.1001', 'prompt', 'unknown', /no clear answer/],
  ['500.003.03', 'payout', 'retryable', /quota/],
  ['400.009.99', 'payout', 'our-fault', /refused/],
  ['not-sent', 'prompt', 'final', /Nothing was sent/],
] as const)('%s of a %s is %s', (...[code, subject, kind, meaning]) => {
  const explained = explain(code, subject);
  expect(explained).toMatchObject({ code, known: true, class: kind });
  expect(explained.meaning).toMatch(meaning);
});

it.each([
  ['payout', /ORG B2C API Initiator/],
  ['refund', /Org Reversals Initiator/],
  ['top-up', /whitelist|enable/],
  ['question', /Transaction Status query ORG API.*Balance Query ORG API/],
] as const)('names the role that a %s lacks', (subject, role) => {
  for (const code of ['20', '21', '22']) {
    const explained = explain(code, subject);
    expect(explained).toMatchObject({ class: 'our-fault', reason: 'our-request' });
    expect(explained.advice).toMatch(subject === 'top-up' && code !== '21' ? /role/ : role);
  }
});

it.each(['', '7', '03', 'R000003', 'constructor', '__proto__', 'SFC_IC0004', '404.009.99'])(
  '%j is in no table, and unknown to every subject',
  (code) => {
    for (const subject of codeSubjects) {
      const unknown = { code, known: false, class: 'unknown', reason: 'other' };
      expect(explain(code, subject)).toMatchObject(unknown);
    }
  },
);

it('says the same as what the rail concludes', () => {
  const tables = {
    prompt: promptResultCodes,
    payout: payoutResultCodes,
    refund: refundResultCodes,
    'top-up': topUpResultCodes,
    question: questionResultCodes,
  };
  for (const subject of codeSubjects) {
    for (const [code, { ruling, reason, isDoneOnce }] of [
      ...Object.entries(gatewayCodes),
      ...Object.entries(tables[subject]),
    ]) {
      const expected = isDoneOnce === true ? 'done' : ruling;
      expect(explain(code, subject)).toMatchObject({ class: expected, reason });
    }
  }
});

it('answers any text, and repeats it as it came', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...codeSubjects), (code, subject) => {
      const explained = explain(code, subject);
      expect(explained.code).toBe(code);
      expect(codeClasses).toContain(explained.class);
    }),
  );
});
