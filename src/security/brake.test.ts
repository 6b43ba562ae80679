import { describe, expect, it } from 'vitest';

import { quietMs, waitMsAfter, withAttempt } from './brake.ts';

describe('the brake', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 1_000],
    [6, 2_000],
    [7, 4_000],
    [14, 512_000],
    [15, 900_000],
    [16, 900_000],
    [10_000, 900_000],
  ])('after %d wrong keys a source waits %d ms', (failures, waitMs) => {
    expect(waitMsAfter({ failures, free: 4 })).toBe(waitMs);
  });

  it('counts on while failures keep coming and forgets after a quiet hour', () => {
    const count = { failures: 6, lastAt: 1_000, blockedUntil: 3_000 };
    expect(withAttempt(count, { now: 1_000 + quietMs - 1, free: 4 }).failures).toBe(7);
    expect(withAttempt(count, { now: 1_000 + quietMs, free: 4 })).toEqual({
      failures: 1,
      lastAt: 1_000 + quietMs,
      blockedUntil: 1_000 + quietMs,
    });
  });
});
