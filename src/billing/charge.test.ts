import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  chargeStates,
  isPayable,
  mayBecome,
  referenceFrom,
  stateAfterUndo,
  statesBefore,
  type ChargeState,
} from './charge.ts';

/** From → to, written out once more: what is not here may not happen. */
const allowed: Readonly<Record<ChargeState, readonly ChargeState[]>> = {
  open: ['prompting', 'paid', 'expired'],
  prompting: ['open', 'prompted', 'paid', 'declined', 'unknown'],
  prompted: ['paid', 'declined', 'expired', 'unknown'],
  unknown: ['prompted', 'paid', 'declined', 'expired'],
  declined: ['paid'],
  expired: ['paid'],
  paid: [],
};
const pairs = chargeStates.flatMap((from) => chargeStates.map((to) => [from, to] as const));

describe('a charge', () => {
  it.each(pairs)('from %s to %s', (from, to) => {
    expect(mayBecome(from, to)).toBe(allowed[from].includes(to));
    expect(statesBefore(to).includes(from)).toBe(allowed[from].includes(to));
  });

  it('is payable until it is paid, for late success is real money', () => {
    expect(chargeStates.filter((state) => !isPayable(state))).toEqual(['paid']);
  });
});

it.each([
  ['is owed again while there is time', 1_001, 'open'],
  ['has expired when its time is over', 1_000, 'expired'],
] as const)('a charge whose payment is taken back %s', (_, expiresAt, state) => {
  expect(stateAfterUndo({ expiresAt }, 1_000)).toBe(state);
  expect(mayBecome('paid', state)).toBe(false);
});

describe('a reference', () => {
  it('is eight characters that spell no word and survive a phone call', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 12 }), (bytes) => {
        expect(referenceFrom(bytes)).toMatch(/^[0-9BCDFGHJKMNPQRSTVWXYZ]{8}$/);
      }),
    );
  });

  it('is another for other bytes', () => {
    const texts = Array.from({ length: 30 }, (_, n) =>
      referenceFrom(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, n)),
    );
    expect(new Set(texts).size).toBe(30);
    expect(referenceFrom(new Uint8Array(8))).toBe('00000000');
  });

  it('needs eight bytes', () => {
    expect(() => referenceFrom(new Uint8Array(7))).toThrow('eight random bytes');
  });
});
