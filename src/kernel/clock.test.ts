import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createVirtualClock, createWallClock, isoOf, parseIso } from './clock.ts';

describe('the virtual clock', () => {
  it('runs timers by time, then by creation, each at its own moment', async () => {
    const clock = createVirtualClock(1_000);
    const ran: string[] = [];
    const note = (name: string) => (): void => void ran.push(`${name}@${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.after(-5, note('at once'));
    clock.after(31, note('too late'));
    await clock.advance(30);
    expect(ran).toEqual(['at once@1000', 'first@1010', 'second@1010', 'late@1020']);
    expect(clock.now()).toBe(1_030);
  });

  it('runs what a timer starts, if it is due as well', async () => {
    const clock = createVirtualClock(0);
    const ran: number[] = [];
    clock.after(5, () => {
      clock.after(5, () => void ran.push(clock.now()));
      clock.after(6, () => void ran.push(clock.now()));
    });
    await clock.advance(10);
    expect(ran).toEqual([10]);
  });

  it('stands still until told, and forgets cancelled timers', async () => {
    const clock = createVirtualClock(7);
    let ran = false;
    clock.after(1, () => (ran = true)).cancel();
    await clock.advance(0);
    await clock.advance(100);
    expect(ran).toBe(false);
    expect(clock.now()).toBe(107);
  });

  it('says when the next timer is due', async () => {
    const clock = createVirtualClock(100);
    expect(clock.nextDueAt()).toBeUndefined();
    clock.after(30, () => undefined);
    const earlier = clock.after(20, () => undefined);
    expect(clock.nextDueAt()).toBe(120);
    earlier.cancel();
    expect(clock.nextDueAt()).toBe(130);
    await clock.advance(30);
    expect(clock.nextDueAt()).toBeUndefined();
  });

  it('keeps the order of any timers, set and cancelled in any order', async () => {
    const timers = fc.array(fc.record({ delayMs: fc.nat(20), isCancelled: fc.boolean() }));
    await fc.assert(
      fc.asyncProperty(timers, async (wanted) => {
        const clock = createVirtualClock(0);
        const ran: number[] = [];
        const set = wanted.map(({ delayMs }, n) => clock.after(delayMs, () => void ran.push(n)));
        wanted.forEach(({ isCancelled }, n) => isCancelled && set[n]?.cancel());
        await clock.advance(20);
        const expected = [...wanted.entries()]
          .filter(([, { isCancelled }]) => !isCancelled)
          .toSorted(([a, x], [b, y]) => (x.delayMs === y.delayMs ? a - b : x.delayMs - y.delayMs));
        expect(ran).toEqual(expected.map(([n]) => n));
      }),
    );
  });

  it('lets sleepers go on in the order they wake', async () => {
    const clock = createVirtualClock(0);
    const woke: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woke.push(`${name}@${clock.now()}`);
    };
    const both = Promise.all([sleeper('b', 20), sleeper('a', 10)]);
    await clock.advance(20);
    await both;
    expect(woke).toEqual(['a@10', 'b@20']);
  });

  it('ends a sleep when its signal aborts, before or during', async () => {
    const clock = createVirtualClock(0);
    await clock.sleep(1_000, AbortSignal.abort());
    const waker = new AbortController();
    const asleep = clock.sleep(1_000, waker.signal);
    waker.abort();
    await asleep;
    expect(clock.now()).toBe(0);
  });
});

describe('the wall clock', () => {
  it('shows the time of the machine', () => {
    const before = Date.now();
    const now = createWallClock().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('runs a timer once, and none that was cancelled', async () => {
    const clock = createWallClock();
    const ran: string[] = [];
    clock.after(0, () => void ran.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      const handle = clock.after(0, () => {
        ran.push('once');
        resolve();
      });
      expect(handle).toBeDefined();
    });
    expect(ran).toEqual(['once']);
  });

  it.each([2 ** 31, Number.NaN])('refuses to wait %d ms, which would pass at once', (delayMs) => {
    expect(() => createWallClock().after(delayMs, () => undefined)).toThrow('24 days');
  });
});

it('writes a time as ISO 8601', () => {
  expect(isoOf(0)).toBe('1970-01-01T00:00:00.000Z');
});

it.each([
  ['2026-11-23T04:49:00.000Z', 1_795_409_340_000],
  ['2026-11-23', undefined],
  ['2026-11-23T04:49:00.000+03:00', undefined],
  ['yesterday', undefined],
])('reads %s as %s', (text, at) => {
  expect(parseIso(text)).toBe(at);
});
