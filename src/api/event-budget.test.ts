import { describe, expect, it } from 'vitest';

import { createBudget } from './event-budget.ts';

const everyMs = { min: 75, max: 1_000 };

/** A budget for a thread that has other work as well. */
function openBudget() {
  const time = { busyMs: 0, idleMs: 0 };
  const budget = createBudget({ threadTime: () => ({ ...time }), everyMs });
  const pass = (passedMs: number, busyMs: number): void => {
    time.busyMs += Math.min(passedMs, busyMs);
    time.idleMs += Math.max(0, passedMs - busyMs);
  };
  return {
    budget,
    /** Rounds as often as the budget has them, so many seconds long. */
    tell: (seconds: number, { tookMs, otherShare }: { tookMs: number; otherShare: number }) => {
      for (let passedMs = 0; passedMs < seconds * 1_000;) {
        const { everyMs: waitMs } = budget;
        pass(waitMs, waitMs * otherShare + tookMs);
        budget.spent(tookMs);
        passedMs += waitMs;
      }
    },
    rest: (restMs: number) => pass(restMs, 0),
  };
}

describe('how often many are told', () => {
  it('is as often as is useful before anything was told', () => {
    expect(openBudget().budget.everyMs).toBe(everyMs.min);
  });

  it.each([
    { otherShare: 0.3, tookMs: 8, expected: everyMs.min },
    { otherShare: 0.3, tookMs: 40, expected: 200 },
    { otherShare: 0.68, tookMs: 8, expected: everyMs.min },
    { otherShare: 0.8, tookMs: 10, expected: 162.5 },
    { otherShare: 0.87, tookMs: 10, expected: 500 },
    { otherShare: 1, tookMs: 10, expected: 500 },
    { otherShare: 1, tookMs: 1, expected: everyMs.min },
    { otherShare: 1, tookMs: 30, expected: 1_000 },
  ])('leaves time for what takes $otherShare of it: $tookMs ms each $expected ms', (row) => {
    const { budget, tell } = openBudget();
    tell(10, row);
    expect(budget.everyMs).toBeCloseTo(row.expected, 0);
  });

  it('follows within two seconds, and forgets a burst after a quiet while', () => {
    const { budget, tell, rest } = openBudget();
    const [busy, quiet] = [0.95, 0.5].map((otherShare) => ({ tookMs: 10, otherShare }));
    if (busy === undefined || quiet === undefined) throw new Error('there are two');
    tell(2, busy);
    expect(budget.everyMs).toBeGreaterThan(400);
    tell(2, quiet);
    expect(budget.everyMs).toBe(everyMs.min);
    tell(2, busy);
    expect(budget.everyMs).toBeGreaterThan(400);
    rest(60_000);
    expect(budget.everyMs).toBe(everyMs.min);
  });

  it('learns nothing from a round in which no time passed', () => {
    const { budget } = openBudget();
    budget.spent(10);
    expect(budget.everyMs).toBe(everyMs.min);
  });
});
