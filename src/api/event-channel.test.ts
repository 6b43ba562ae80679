import { describe, expect, it } from 'vitest';

import { createVirtualClock, type Clock } from '#kernel';
import { silentLog } from '#platform/log';

import { createChannel, fewClientsMax } from './event-channel.ts';
import { eventNumber, from, listener, read, restingThread } from './event-test-kit.ts';

const statusText = 'event: status\ndata: {}\n\n';

/** A channel for screens, and screens that follow it. */
async function openScreens(count: number, threadOf: (clock: Clock) => typeof restingThread) {
  const clock = createVirtualClock(1_000_000);
  const channel = createChannel('digest', {
    clock,
    log: silentLog,
    outbox: { after: () => Promise.reject(new Error('not asked here')) },
    threadTime: threadOf(clock),
    lastStatus: () => statusText,
    onEmpty: () => undefined,
  });
  const screens = Array.from({ length: count }, () => listener(undefined, 'digest'));
  for (const screen of screens) await channel.resume(channel.clients.add(screen));
  const [first] = screens;
  if (first === undefined) throw new Error('nobody listens');
  return { clock, channel, screens, first };
}

const resting = () => restingThread;

/** It never rests, and for whatever is asked how long it took, it took 10 ms. */
function busy(clock: Clock) {
  let askedMs = 0;
  return () => {
    askedMs += 10;
    return { busyMs: clock.now() + askedMs, idleMs: 0 };
  };
}

it('tells a screen that skips how things stand now', async () => {
  const { clock, channel, first: slow } = await openScreens(1, resting);
  for (let n = 1; n <= 400; n += 1) {
    channel.take([eventNumber(n, 'x'.repeat(1_000))]);
    await clock.advance(100);
  }
  const heard = slow.names().length;
  read(slow);
  expect(slow.names().slice(heard)).toEqual(['gap', 'status']);
  channel.end();
});

it('tells a snapshot with the digest that is due, or at once where none is', async () => {
  const { clock, channel, first } = await openScreens(1, resting);
  channel.take(from(1, 1));
  channel.take(from(2, 2));
  channel.sayToAll(statusText);
  expect(first.names()).toEqual(['digest']);
  await clock.advance(75);
  expect(first.names()).toEqual(['digest', 'status', 'digest']);
  channel.sayToAll(statusText);
  expect(first.names()).toEqual(['digest', 'status', 'digest', 'status']);
});

describe('on a thread that never rests', () => {
  /** Ten seconds of a payment every 25 ms. */
  const manyPayments = async ({ clock, channel }: Awaited<ReturnType<typeof openScreens>>) => {
    for (let n = 1; n <= 400; n += 1) {
      channel.take([eventNumber(n)]);
      await clock.advance(25);
    }
    await clock.advance(1_000);
  };

  it('tells many twice a second, each of them every event once', async () => {
    const opened = await openScreens(fewClientsMax + 1, busy);
    opened.screens.forEach(read);
    await manyPayments(opened);
    for (const screen of opened.screens) {
      const counts = screen.digests().map(({ events }) => events);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400);
      expect(counts.slice(-10, -1)).toEqual(Array.from({ length: 9 }, () => 20));
    }
  });

  it('tells a few as often as ever', async () => {
    const { clock, channel, first } = await openScreens(fewClientsMax, busy);
    for (let n = 1; n <= 40; n += 1) {
      channel.take([eventNumber(n)]);
      await clock.advance(75);
    }
    expect(first.ids()).toEqual(from(1, 40).map(({ id }) => id));
  });

  it('tells the first event after a quiet while at once', async () => {
    const opened = await openScreens(fewClientsMax + 1, busy);
    const { clock, channel, first } = opened;
    read(first);
    await manyPayments(opened);
    await clock.advance(1_000);
    channel.take([eventNumber(401)]);
    expect(first.ids().at(-1)).toBe(eventNumber(401).id);
  });
});
