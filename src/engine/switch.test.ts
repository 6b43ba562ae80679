import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cycleKinds, cyclePeriodsMs, slotOf } from './switch.ts';

const at = (nairobi: string): number => Date.parse(`${nairobi}+03:00`);

describe('the slot an instant lies in', () => {
  it.each([
    ['revenue', '2026-11-23T10:04:59.999', '2026-11-23T10:00:00'],
    ['revenue', '2026-11-23T10:05:00', '2026-11-23T10:05:00'],
    ['transfer-check', '2026-11-23T10:59:59', '2026-11-23T10:00:00'],
    ['proof', '2026-11-23T01:59:59.999', '2026-11-22T02:00:00'],
    ['proof', '2026-11-23T02:00:00', '2026-11-23T02:00:00'],
    ['proof', '2026-11-23T23:59:59', '2026-11-23T02:00:00'],
  ] as const)('of %s at %s begins at %s', (kind, now, slot) => {
    expect(slotOf(kind, at(now))).toBe(at(slot));
  });

  it('begins at most one period ago, and is its own slot', () => {
    const times = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...cycleKinds), times, (kind, now) => {
        const slot = slotOf(kind, now);
        expect(now - slot).toBeGreaterThanOrEqual(0);
        expect(now - slot).toBeLessThan(cyclePeriodsMs[kind]);
        expect(slotOf(kind, slot)).toBe(slot);
      }),
    );
  });
});
