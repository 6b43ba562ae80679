import { expect, it } from 'vitest';

import { dayMs, parseBusinessDate } from '#kernel';

import { operatorPasswordOn } from './operator-password.ts';

const setOn = parseBusinessDate('2026-11-01');
const setAt = Date.parse('2026-11-01T09:00:00Z');

it.each([
  [0, 90, undefined],
  [75, 15, undefined],
  [76, 14, 14],
  [82, 8, 14],
  [83, 7, 7],
  [88, 2, 7],
  [89, 1, 1],
  [90, 0, 0],
  [120, -30, 0],
])('after %i days %i are left, and the warning is that of %s', (ageDays, daysLeft, warning) => {
  if (!setOn.ok) throw new Error('a day is a day');
  const now = setAt + ageDays * dayMs;
  expect(operatorPasswordOn(setOn.value, now)).toEqual({ ageDays, daysLeft, warning });
});
