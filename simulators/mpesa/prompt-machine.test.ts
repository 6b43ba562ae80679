import { expect, it } from 'vitest';
import { earlyVerdictOf, nextPromptState, verdictOf } from './prompt-machine.ts';

it.each([
  ['submitted', 'show', 'open'],
  ['submitted', 'refuse', 'done'],
  ['submitted', 'expire', 'done'],
  ['submitted', 'act', undefined],
  ['submitted', 'settle', undefined],
  ['open', 'act', 'settling'],
  ['open', 'ignore', 'open'],
  ['open', 'expire', 'done'],
  ['open', 'show', undefined],
  ['open', 'settle', undefined],
  ['settling', 'settle', 'done'],
  ['settling', 'expire', undefined],
  ['settling', 'act', undefined],
  ['settling', 'ignore', undefined],
  ['done', 'pay-late', 'done'],
  ['done', 'act', undefined],
  ['done', 'expire', undefined],
] as const)('%s on %s becomes %s', (state, event, next) => {
  expect(nextPromptState(state, event)).toBe(next);
});

it.each([
  ['approve', false, undefined, '0'],
  ['approve', false, '1', '1'],
  ['approve', false, '4', '4'],
  ['approve', true, undefined, '8006'],
  ['wrong-pin', false, undefined, '2001'],
  ['wrong-pin', false, '1', '2001'],
  ['wrong-pin', true, undefined, '8006'],
  ['cancel', false, '1', '1032'],
  ['cancel', true, undefined, '1032'],
] as const)(
  '%s with locked PIN %s and refusal %s is %s',
  (...[action, isPinLocked, refusal, code]) => {
    expect(verdictOf({ action, isPinLocked, refusal })).toBe(code);
  },
);

const fine = { assignment: 'ok', promptLength: 182, amountKes: 250_000, isRepeat: false } as const;

it.each([
  [{}, undefined],
  [{ assignment: 'wrong-product', promptLength: 183 }, '2028'],
  [{ assignment: 'no-such-party' }, 'SFC_IC0003'],
  [{ promptLength: 183, amountKes: 250_001 }, '1025'],
  [{ amountKes: 250_001, isRepeat: true }, '3'],
  [{ isRepeat: true }, '17'],
] as const)('before the phone is reached, %o ends in %s', (change, code) => {
  expect(earlyVerdictOf({ ...fine, ...change })).toBe(code);
});
