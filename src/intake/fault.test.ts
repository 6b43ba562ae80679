import { expect, it } from 'vitest';

import { InvariantViolation } from '#kernel';

import { isOwnFault } from './fault.ts';

const sqlError = (code: string): Error => Object.assign(new Error('refused'), { code });

it.each([
  ['a value out of range', sqlError('22003'), true],
  ['a NUL byte', sqlError('22021'), true],
  ['a broken constraint', sqlError('23505'), true],
  ['unbalanced books', sqlError('QM002'), true],
  ['a key too long for its index', sqlError('54000'), true],
  ['an invariant', new InvariantViolation('never'), true],
  ['a fault of ours', new TypeError('x is undefined'), true],
  ['a deadlock', sqlError('40P01'), false],
  ['a full disk', sqlError('53100'), false],
  ['a cancelled statement', sqlError('57014'), false],
  ['a shutdown', sqlError('57P01'), false],
  ['a standby', sqlError('25006'), false],
  ['no connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), false],
  ['a cut connection', new Error('Connection terminated unexpectedly'), false],
  ['no error at all', 'oops', false],
])('%s: %s', (_, error, expected) => {
  expect(isOwnFault(error)).toBe(expected);
});
