import { expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';
import { silentLog } from '#platform/log';

import { keepWeather } from './worker.ts';

function keeping(flush: () => Promise<void>) {
  const clock = createVirtualClock(0);
  const errors: string[] = [];
  const log = { ...silentLog, error: (_: object, text: string) => void errors.push(text) };
  const stop = keepWeather({ weather: { flush }, clock, log });
  return { clock, errors, stop };
}

it('writes every five seconds, and a last time at the end', async () => {
  let flushes = 0;
  const { clock, stop } = keeping(async () => {
    flushes += 1;
  });
  for (let n = 0; n < 3; n += 1) await clock.advance(5_000);
  expect(flushes).toBeGreaterThanOrEqual(2);
  const before = flushes;
  await stop();
  expect(flushes).toBe(before + 1);
});

it('goes on after a failure, and names one that is a defect', async () => {
  let flushes = 0;
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const { clock, errors, stop } = keeping(() => {
    flushes += 1;
    return Promise.reject(flushes === 1 ? away : new Error('a defect'));
  });
  await clock.advance(5_000);
  expect(errors).toEqual([]);
  await stop();
  expect(flushes).toBeGreaterThan(1);
  expect(errors.length).toBe(flushes - 1);
});
