import { describe, expect, it } from 'vitest';

import type { Lane } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import {
  isFailing,
  passageBy,
  pauseAfter,
  reactionTo,
  windowCallsMax,
  windowMs,
  withCall,
  type Breaker,
  type WindowCall,
} from './breaker.ts';

const now = 1_000_000;
const breaker = (more: Partial<Breaker>): Breaker => ({
  rail: 'mpesa',
  lane: 'money-out',
  state: 'open',
  cause: 'failing',
  code: 'timeout',
  openedAt: now,
  untilAt: now + 1,
  trips: 1,
  credentialsMark: 'mine',
  ...more,
});

describe('a call goes', () => {
  it.each([
    ['through without a breaker', undefined, 'through'],
    ['nowhere before the time', breaker({}), 'shut'],
    ['as a try once the time is over', breaker({ untilAt: now }), 'probe'],
    ['nowhere while another one tries', breaker({ state: 'half-open' }), 'shut'],
    [
      'as a try when the last one never ended',
      breaker({ state: 'half-open', untilAt: 1 }),
      'probe',
    ],
    ['nowhere after a lock-out', breaker({ cause: 'locked-out', untilAt: undefined }), 'shut'],
    [
      'through when other credentials were locked out',
      breaker({ cause: 'locked-out', untilAt: undefined, credentialsMark: 'old' }),
      'through',
    ],
    ['nowhere when the provider fails, whoever asks', breaker({ credentialsMark: 'old' }), 'shut'],
  ])('%s', (_, row, kind) => {
    expect(passageBy(row, { now, mark: 'mine' }).kind).toBe(kind);
  });
});

describe('the pause', () => {
  it.each([
    [1, 30_000],
    [2, 60_000],
    [4, 240_000],
    [5, 480_000],
    [50, 480_000],
  ])('after %i openings is about %i ms', (trips, pauseMs) => {
    expect(pauseAfter(trips, 0.5)).toBe(pauseMs);
    expect(pauseAfter(trips, 0)).toBe(pauseMs * 0.8);
    expect(pauseAfter(trips, 1)).toBe(pauseMs * 1.2);
  });
});

describe('the window', () => {
  const of = (failed: number, well: number): readonly WindowCall[] =>
    Array.from({ length: failed + well }, (_, n) => ({ at: now, failed: n < failed }));
  it.each([
    [0, 0, false],
    [7, 0, false],
    [8, 0, true],
    [4, 4, true],
    [3, 5, false],
    [5, 6, false],
  ])('of %i that failed and %i that did not trips: %s', (failed, well, trips) => {
    expect(isFailing(of(failed, well))).toBe(trips);
  });

  it('forgets what is old, and more than it can hold', () => {
    const call = { at: now + windowMs, failed: false };
    expect(withCall(of(8, 0), call)).toEqual([call]);
    expect(withCall(of(windowCallsMax, 0), { at: now, failed: false })).toHaveLength(
      windowCallsMax,
    );
  });
});

describe('what an outcome does to its lane', () => {
  const well: Outcome = { kind: 'ok', code: undefined, unheard: false, credentials: 'taken' };
  const unheard: Outcome = { ...well, kind: 'unknown', unheard: true };
  const refused: Outcome = { ...well, kind: 'our-fault', credentials: 'refused' };
  const forGood: Outcome = { ...refused, credentials: 'refused-for-good' };
  it.each<[Lane, Outcome, string]>([
    ['prompts', well, 'none'],
    ['money-out', { ...well, kind: 'refused' }, 'none'],
    ['prompts', unheard, 'trip-by-share'],
    ['money-out', unheard, 'trip-by-share'],
    ['prompts', refused, 'trip-by-share'],
    ['questions', forGood, 'trip-by-share'],
    ['money-out', refused, 'trip-at-once'],
    ['money-out', forGood, 'lock-out'],
    ['operator-questions', forGood, 'lock-out'],
  ])('%s, %j: %s', (lane, outcome, reaction) => {
    expect(reactionTo(outcome, lane)).toBe(reaction);
  });
});
