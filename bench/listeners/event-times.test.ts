import { describe, expect, it } from 'vitest';

import { createIdSource, createVirtualClock } from '#kernel';

import {
  createWholeOnly,
  timeOfEvent,
  timesOfDigests,
  timesOfFirstAndLast,
} from './event-times.ts';

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

describe('the time of a digest', () => {
  const digest = (from: string, to: string) =>
    `id: ev_01MGC94GT0200\nevent: digest\ndata: {"from":"${from}","to":"${to}","events":2}\n\n`;
  const [first, second, third] = [100, 250, 400].map((ms) => clock.now() + ms);

  it('is read of each, from its oldest event to its newest', () => {
    const iso = (at = 0) => new Date(at).toISOString();
    const piece = `: beat\n\n${digest(iso(first), iso(second))}${digest(iso(second), iso(third))}`;
    expect(timesOfDigests(Buffer.from(piece))).toEqual([
      { firstAt: first, lastAt: second },
      { firstAt: second, lastAt: third },
    ]);
    expect(timesOfDigests(Buffer.from(': beat\n\n'))).toEqual([]);
  });
});

describe('a stream in pieces', () => {
  it('is heard once it has come whole', () => {
    const wholeOf = createWholeOnly();
    const heard = ['a: 1\n\nb:', ' 2', '\n', '\nc: 3\n\n', 'd'].map((piece) =>
      String(wholeOf(Buffer.from(piece))),
    );
    expect(heard).toEqual(['a: 1\n\n', '', '', 'b: 2\n\nc: 3\n\n', '']);
  });
});
