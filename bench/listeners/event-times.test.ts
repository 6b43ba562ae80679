import { describe, expect, it } from 'vitest';

import { createIdSource, createVirtualClock } from '#kernel';

import { timeOfEvent, timesOfFirstAndLast } from './event-times.ts';

const clock = createVirtualClock(Date.parse('2026-11-26T11:35:00.123Z'));
const ids = createIdSource({ clock, shard: 3 });

describe('the time of an event', () => {
  it('is in its id', () => {
    const id = ids.next('event');
    expect(timeOfEvent(id)).toBe(clock.now());
    expect(timeOfEvent('ev_nothing')).toBeUndefined();
  });

  it('is read of the first and the last in a piece of a stream', async () => {
    const firstAt = clock.now();
    const first = ids.next('event');
    await clock.advance(40);
    const middle = ids.next('event');
    await clock.advance(2);
    const piece = [first, middle, ids.next('event')]
      .map((id) => `id: ${id}\nevent: payment.confirmed\ndata: {}\n\n`)
      .join('');
    expect(timesOfFirstAndLast(Buffer.from(piece))).toEqual({ firstAt, lastAt: firstAt + 42 });
    // Cut off in the middle of the last id: the first is still right.
    const cut = Buffer.from(piece.slice(0, piece.lastIndexOf('ev_') + 8));
    expect(timesOfFirstAndLast(cut)).toEqual({ firstAt, lastAt: firstAt });
    expect(timesOfFirstAndLast(Buffer.from(': beat\n\n'))).toBeUndefined();
  });
});
