import { expect, it } from 'vitest';

import { createIdSource, createVirtualClock } from '#kernel';
import { silentLog } from '#platform/log';
import type { PublishedEvent } from '#platform/outbox';

import { keepNotifying } from './worker.ts';

function keeping(change: Partial<Parameters<typeof keepNotifying>[0]['notify']> = {}) {
  const clock = createVirtualClock(0);
  const done: string[] = [];
  const errors: string[] = [];
  let listener: (events: readonly PublishedEvent[]) => void = () => undefined;
  const step = <Value>(name: string, value: Value) => {
    done.push(name);
    return Promise.resolve(value);
  };
  const stop = keepNotifying({
    notify: {
      read: () => step('read', false),
      look: () => step('look', undefined),
      deliver: () => step('deliver', 0),
      ...change,
    },
    relay: {
      subscribe: (listen) => {
        listener = listen;
        return () => undefined;
      },
    },
    clock,
    log: { ...silentLog, error: (_: object, text: string) => void errors.push(text) },
  });
  const settle = () => new Promise((resolve) => void setImmediate(resolve));
  return {
    clock,
    done,
    errors,
    tell: (topic: string) => {
      const id = createIdSource({ clock, shard: 1 }).next('event');
      listener([{ id, topic, occurredAt: 0, payload: {} }]);
    },
    advance: async (byMs: number) => {
      await settle();
      await clock.advance(byMs);
      await settle();
    },
    stop,
  };
}

const countOf = (done: readonly string[], name: string): number =>
  done.filter((one) => one === name).length;

it('reads and sends every second, and looks around every fifteen', async () => {
  const { done, advance, stop } = keeping();
  for (let n = 0; n < 100; n += 1) await advance(250);
  await stop();
  expect(countOf(done, 'deliver')).toBeGreaterThanOrEqual(18);
  expect(countOf(done, 'deliver')).toBeLessThanOrEqual(21);
  expect(countOf(done, 'look')).toBe(2);
});

it('is woken by an event that a note can come of, and by no other', async () => {
  const { done, advance, tell, stop } = keeping();
  await advance(300);
  expect(countOf(done, 'read')).toBe(1);
  tell('charge.created');
  await advance(0);
  expect(countOf(done, 'read')).toBe(1);
  tell('payment.confirmed');
  await advance(0);
  expect(countOf(done, 'read')).toBe(2);
  await stop();
});

it('goes on after a failure, and says so', async () => {
  const { done, errors, advance, stop } = keeping({
    read: () => Promise.reject(new Error('a defect')),
  });
  await advance(0);
  for (let n = 0; n < 50; n += 1) await advance(250);
  await stop();
  expect(errors.length).toBeGreaterThanOrEqual(2);
  expect(done).toEqual([]);
});

it('rests nine times as long as it read', async () => {
  let reads = 0;
  const { clock, advance, stop } = keeping({
    read: async () => {
      reads += 1;
      await Promise.resolve();
      await clock.sleep(1_000);
      return false;
    },
  });
  for (let n = 0; n < 80; n += 1) await advance(250);
  await stop();
  expect(reads).toBe(2);
});
