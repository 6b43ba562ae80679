import { expect, it } from 'vitest';

import { invariant, InvariantViolation, unreachable } from './invariant.ts';

it('throws with its statement unless it holds', () => {
  expect(() => invariant(true, 'two is two')).not.toThrow();
  expect(() => invariant(false, 'one is two')).toThrow(InvariantViolation);
  expect(() => invariant(false, 'one is two')).toThrow('one is two');
});

it('names the value no branch was written for', () => {
  expect(() => unreachable('later' as never, 'state')).toThrow('state: no branch for "later"');
});
